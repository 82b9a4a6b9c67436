import Media

/// What a publisher is at.
public enum PublishState: Sendable {
    case connecting
    /// - Parameter warnings: what does not come along as it is, one sentence each.
    case connected(warnings: [String])
    /// The next attempt comes after so many seconds.
    case waiting(MediaError, seconds: Double)
    case stopped
}
