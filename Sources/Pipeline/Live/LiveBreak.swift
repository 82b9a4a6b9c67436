/// Where a live stream's record does not go on as it was: a connection begins or ends, or something is missing.
public struct LiveBreak: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// A connection stands and its first picture has come.
        case began
        /// Time stamps jumped, or a stretch is missing: a new window begins.
        case gap
        /// The connection is over.
        case ended
    }

    public var kind: Kind
    /// The number of the connection, from 1.
    public var epoch: Int
    /// By the wall clock, in seconds since 1970.
    public var time: Double
    /// One clause: why the connection ended; nil where there is nothing to say.
    public var reason: String?

    public init(_ kind: Kind, epoch: Int, time: Double, reason: String? = nil) {
        self.kind = kind
        self.epoch = epoch
        self.time = time
        self.reason = reason
    }
}
