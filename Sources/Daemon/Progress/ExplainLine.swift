import Pipeline

/// An `ExplainProgress` as one line.
extension ExplainProgress: ShownProgress {
    private struct Line: Encodable {
        var event: String
        var fraction: Double
        var etaSeconds: Double?
        var elapsedSeconds: Double
    }

    func line(columns: Int) -> String {
        let remaining = remainingSeconds.map { "  ETA \(ProgressLine.clockTime($0))" } ?? ""
        return String((ProgressLine.bar(fraction) + remaining).prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            Line(
                event: isLast ? "done" : "progress", fraction: ProgressLine.rounded(fraction),
                etaSeconds: remainingSeconds.map(ProgressLine.rounded),
                elapsedSeconds: ProgressLine.rounded(elapsedSeconds)))
    }
}
