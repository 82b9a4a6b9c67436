import Foundation
import Pipeline

/// A `CompareProgress` as one line.
extension CompareProgress: ShownProgress {
    private struct Line: Encodable {
        var event: String
        var frames: Int
        var totalFrames: Int?
        var windows: Int
        var fraction: Double?
        var etaSeconds: Double?
        var elapsedSeconds: Double
        var activity: String?
    }

    /// "[############------------]  52 %  ETA 0:17  window 3 of 9: guided-ig 40 %", shortened to the width.
    func line(columns: Int) -> String {
        guard let activity else { return ProgressLine.text(job, columns: columns) }
        var parts: [String] = []
        if let fraction = job.fraction { parts.append(ProgressLine.bar(fraction)) }
        if let remaining = job.remainingSeconds { parts.append("ETA \(ProgressLine.clockTime(remaining))") }
        parts.append(activity)
        return String(parts.joined(separator: "  ").prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            Line(
                event: isLast ? "done" : "progress", frames: job.frames, totalFrames: job.totalFrames,
                windows: job.windows, fraction: job.fraction.map(ProgressLine.rounded),
                etaSeconds: job.remainingSeconds.map(ProgressLine.rounded),
                elapsedSeconds: ProgressLine.rounded(job.elapsedSeconds), activity: activity))
    }
}
