import Testing

@testable import Encode
