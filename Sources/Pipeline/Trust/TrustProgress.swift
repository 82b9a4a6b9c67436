/// How far `trust` is; a value that may be shown or logged.
public struct TrustProgress: Sendable, Equatable {
    /// 0…1, of all work.
    public var fraction: Double
    /// What is measured now.
    public var activity: String
}
