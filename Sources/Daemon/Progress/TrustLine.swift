import Pipeline

/// A `TrustProgress` as one line.
extension TrustProgress: ShownProgress {
    private struct Line: Encodable {
        var event: String
        var fraction: Double
        var activity: String
    }

    func line(columns: Int) -> String {
        String("\(ProgressLine.bar(fraction))  \(activity)".prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            Line(event: isLast ? "done" : "progress", fraction: ProgressLine.rounded(fraction), activity: activity))
    }
}
