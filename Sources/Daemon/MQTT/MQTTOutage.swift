/// What is said of a broker that is away: a line at once, then one a minute at most, and one when it is back.
struct MQTTOutage: Sendable {
    /// Seconds.
    private static let interval = 60.0

    private var lastLine: Double?
    private var awaySince: Double?
    private var tries = 0
    private var isTold = false

    /// - Parameters:
    ///   - reason: why the connection ended, or did not come about; a clause.
    ///   - time: in seconds, of a monotonic clock.
    /// - Returns: the line, if there is to be one.
    mutating func ended(_ reason: String, at time: Double) -> String? {
        let since = awaySince ?? time
        awaySince = since
        tries += 1
        if let lastLine, time - lastLine < Self.interval { return nil }
        lastLine = time
        defer { isTold = true }
        guard time - since >= Self.interval else { return "away: \(reason)" }
        let tried = CameraWords.count(tries, "try", "tries")
        return "away for \(PlainDuration.text(time - since)), \(tried); last: \(reason)"
    }

    /// - Returns: the line for a restored connection; nil after an outage that was not logged.
    mutating func returned(at time: Double) -> String? {
        defer { (awaySince, tries, isTold) = (nil, 0, false) }
        guard isTold, let awaySince else { return nil }
        return "back after \(PlainDuration.text(time - awaySince))"
    }
}
