import HTTPTypes
import Hummingbird

/// One thing that the daemon answers.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let pattern: RoutePattern
    /// Whether it is answered without a token and however many requests there are.
    let isOpen: Bool
    /// Whether the answer lasts for as long as the client likes: the route itself says how many there may be.
    let isLasting: Bool
    let answer: @Sendable (APIRequest) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ pattern: String, isOpen: Bool = false, isLasting: Bool = false,
        answer: @escaping @Sendable (APIRequest) async throws -> Response
    ) {
        self.method = method
        self.pattern = RoutePattern(pattern)
        self.isOpen = isOpen
        self.isLasting = isLasting
        self.answer = answer
    }
}
