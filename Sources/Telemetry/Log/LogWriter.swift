/// Where log lines go.
public protocol LogWriter: Sendable {
    /// Takes one line with its line break. It may be dropped, but never blocks the caller for good.
    ///
    /// - Parameter lossNotice: the line that tells how many lines were dropped before this one, for when some were.
    func write(_ line: String, lossNotice: (_ count: Int) -> String)
}
