import Logging

/// One warning that was written, and how often it came again since.
struct Repetition {
    /// Of the first one.
    let text: String
    /// Of the first one.
    let metadata: Logger.Metadata?
    let since: ContinuousClock.Instant
    var count = 0

    func summary(at instant: ContinuousClock.Instant) -> Logger.Message {
        "\(text) … \(count) more in \((instant - since).components.seconds) s"
    }
}
