import Files

/// Clips of a list that are done.
struct EvaluationProgress: ShownProgress {
    var done: Int
    var total: Int

    private struct Line: Encodable {
        var event: String
        var clips: Int
        var totalClips: Int
    }

    func line(columns: Int) -> String {
        String(
            "\(ProgressLine.bar(Double(done) / Double(max(total, 1))))  \(done) of \(total.counted("clip"))".prefix(
                max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(Line(event: isLast ? "done" : "progress", clips: done, totalClips: total))
    }
}
