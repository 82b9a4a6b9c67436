/// What is said of a camera that is away: a line at once, then one a minute at most, and one when it is back.
struct OutageLog: Sendable {
    /// Seconds.
    private static let interval = 60.0

    private var lastLine: Double?
    private var isTold = false

    /// - Returns: the line for a connection that has ended, if there is to be one.
    mutating func ended(_ history: CameraHistory, at time: Double) -> String? {
        if let lastLine, time - lastLine < Self.interval { return nil }
        let reason = history.lastReason ?? EpochEnd.senderEnded.reason
        defer {
            lastLine = time
            isTold = true
        }
        let away = time - (history.awaySince ?? time)
        guard isTold || away >= Self.interval else { return "away: \(reason)" }
        return
            "away for \(PlainDuration.text(away)), \(CameraWords.count(history.tries, "try", "tries")); last: \(reason)"
    }

    /// - Returns: the line for the first picture after an outage; nil if nobody was told of it.
    mutating func returned(after outage: (seconds: Double, tries: Int), epoch: Int) -> String? {
        guard isTold else { return nil }
        isTold = false
        return "back after \(PlainDuration.text(outage.seconds)), epoch \(epoch)"
    }
}
