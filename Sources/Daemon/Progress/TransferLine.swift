import Pipeline

/// A `TransferProgress` as one line.
enum TransferLine {
    /// "[############------------]  52 %  26.4/50.8 MB  8.1 MB/s  ETA 0:03  model.ckpt.index", shortened to the width.
    static func text(_ progress: TransferProgress, columns: Int) -> String {
        var parts: [String] = []
        if let fraction = progress.fraction { parts.append(ProgressLine.bar(fraction)) }
        let total = progress.totalBytes.map { " of \(ByteCount.text($0))" } ?? ""
        parts.append(ByteCount.text(progress.bytes) + total)
        parts.append(ByteCount.text(Int(progress.bytesPerSecond)) + "/s")
        if let remaining = progress.remainingSeconds { parts.append("ETA \(ProgressLine.clockTime(remaining))") }
        parts.append(progress.file)
        return String(parts.joined(separator: "  ").prefix(max(20, columns - 1)))
    }

    private struct Line: Encodable {
        var event: String
        var file: String
        var bytes: Int
        var totalBytes: Int?
        var bytesPerSecond: Double
        var fraction: Double?
        var etaSeconds: Double?
        var elapsedSeconds: Double
    }

    /// `{"event":"progress",…}` or, for the last, `{"event":"done",…}`.
    static func json(_ progress: TransferProgress, isLast: Bool) -> String {
        JSONLine.text(
            Line(
                event: isLast ? "done" : "progress", file: progress.file, bytes: progress.bytes,
                totalBytes: progress.totalBytes, bytesPerSecond: progress.bytesPerSecond.rounded(),
                fraction: progress.fraction.map(ProgressLine.rounded),
                etaSeconds: progress.remainingSeconds.map(ProgressLine.rounded),
                elapsedSeconds: ProgressLine.rounded(progress.elapsedSeconds)))
    }
}
