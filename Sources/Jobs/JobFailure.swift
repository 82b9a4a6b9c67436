/// Why an attempt failed.
public struct JobFailure: Sendable, Hashable, Codable {
    /// To decide by.
    public var code: String
    /// One sentence for people; the ledger keeps its first 4,000 characters.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
