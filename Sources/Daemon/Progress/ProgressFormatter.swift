import Files
import FoundationEssentials
import Pipeline

/// Formats a `JobProgress` as one line.
enum ProgressFormatter {
    /// "[#####-----]  52 %  ETA 0:17  146/280 frames  7.9 fps  0.28x  4 windows"; on a narrow terminal the bar is
    /// shorter or left out, then the end of the line is.
    ///
    /// "[############------------]  52 %  ETA 0:17  window 3 of 9: guided-ig 40 %" during an activity, shortened to the
    /// width.
    static func text(_ progress: JobProgress, columns: Int) -> String {
        let room = max(20, columns - 1)
        if let activity = progress.activity {
            let parts = [
                progress.fraction.map(bar), progress.remainingSeconds.flatMap { $0 > 0 ? "ETA \(clockTime($0))" : nil },
                activity,
            ]
            return String(parts.compactMap(\.self).joined(separator: "  ").prefix(room))
        }
        var parts: [String] = []
        if let fraction = progress.fraction { parts.append("\(padded(String(Int(fraction * 100)), 3)) %") }
        if let remaining = progress.remainingSeconds { parts.append("ETA \(clockTime(remaining))") }
        let frames = progress.totalFrames.map { "\(progress.frames)/\($0.counted("frame"))" }
        parts += [
            frames ?? progress.frames.counted("frame"), String(printf: "%.1f fps", progress.framesPerSecond),
            String(printf: "%.2fx", progress.speed), progress.windows.counted("window"),
        ]
        let text = String(parts.joined(separator: "  ").prefix(room))
        let width = min(24, room - text.count - "[] ".count)
        guard let fraction = progress.fraction, width >= 6 else { return text }
        let filled = Int((fraction * Double(width)).rounded(.down))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "] " + text
    }

    private struct JSONFields: Encodable {
        var event: String
        var frames: Int
        var totalFrames: Int?
        var windows: Int
        var fps: Double
        var speed: Double
        var fraction: Double?
        var etaSeconds: Double?
        var elapsedSeconds: Double
        var activity: String?
    }

    /// `{"event":"progress",…}` or, for the last one, `{"event":"done",…}`.
    static func json(_ progress: JobProgress, isLast: Bool) -> String {
        JSONLine.text(
            JSONFields(
                event: isLast ? "done" : "progress", frames: progress.frames, totalFrames: progress.totalFrames,
                windows: progress.windows, fps: rounded(progress.framesPerSecond), speed: rounded(progress.speed),
                fraction: progress.fraction.map(rounded), etaSeconds: progress.remainingSeconds.map(rounded),
                elapsedSeconds: rounded(progress.elapsedSeconds), activity: progress.activity))
    }

    /// `{"event":"note","message":…}`.
    static func json(note: String) -> String {
        JSONLine.text(["event": "note", "message": note])
    }

    /// "[############------------]  52 %".
    static func bar(_ fraction: Double) -> String {
        let filled = Int((fraction * 24).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 24 - filled)
        return "[\(bar)] \(padded(String(Int(fraction * 100)), 3)) %"
    }

    static func rounded(_ value: Double) -> Double {
        (value * 1000).rounded() / 1000
    }

    static func clockTime(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded(.up))
        let minutes = whole / 60
        return minutes < 60
            ? String(printf: "%d:%02d", minutes, whole % 60)
            : String(printf: "%d:%02d:%02d", minutes / 60, minutes % 60, whole % 60)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// A progress value that `ProgressReporter` can display.
protocol DisplayableProgress {
    /// One line for a terminal with this many columns.
    func line(columns: Int) -> String
    /// One JSON object.
    func jsonLine(isLast: Bool) -> String
}

extension JobProgress: DisplayableProgress {
    func line(columns: Int) -> String { ProgressFormatter.text(self, columns: columns) }
    func jsonLine(isLast: Bool) -> String { ProgressFormatter.json(self, isLast: isLast) }
}

extension TransferProgress: DisplayableProgress {
    func line(columns: Int) -> String { TransferFormatter.text(self, columns: columns) }
    func jsonLine(isLast: Bool) -> String { TransferFormatter.json(self, isLast: isLast) }
}
