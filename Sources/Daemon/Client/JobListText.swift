import Files
import FoundationEssentials

/// Formats jobs as text.
enum JobListText {
    /// One line per job, below a heading if `isHeaded`.
    static func text(_ jobs: [JobRecord], isHeaded: Bool = true) -> String {
        guard !jobs.isEmpty else { return "no jobs" }
        let rows = jobs.map { job in
            [
                String(job.id), state(job), "\(Int(job.progress * 100)) %", job.folder ?? "",
                FileName.split(job.source).name, job.failure?.message ?? job.held?.first?.message ?? remaining(job),
            ]
        }
        let all = (isHeaded ? [["job", "state", "", "folder", "file", ""]] : []) + rows
        let widths = (0..<5).map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.prefix(5).enumerated().map { index, cell in
                cell.padded(to: max(widths[index], cell.count))
            }
            return printable((cells + [row[5]]).joined(separator: "  ")).trimmed()
        }.joined(separator: "\n")
    }

    /// All details of a job.
    ///
    /// - Parameter zone: the time zone of the times; nil for the local one.
    static func details(_ job: JobRecord, zone: TimeZone? = nil) -> String {
        func time(_ name: String, _ date: Date?) -> String? {
            date.map { name.padded(to: 9) + shown($0, zone) }
        }
        var lines = [
            "job \(job.id): \(state(job)), \(Int(job.progress * 100)) %, priority \(job.priority), \(job.attempts.counted("attempt"))",
            "source:  \(job.source)", "output:  \(job.output)",
        ]
        if let folder = job.folder { lines.append("folder:  \(folder)") }
        let facts: [String?] = [
            time("found:", job.createdAt), time("began:", job.startedAt),
            time("ended:", job.finishedAt).map { $0 + (job.seconds.map { ", took \(duration($0))" } ?? "") },
            time("again:", job.retryAt), job.length.map { "length:  \(duration($0))" },
            job.answer.map {
                "answer:  \($0.label ?? "class \($0.index)"), \(Int(($0.probability * 100).rounded())) %"
            },
        ]
        lines += facts.compactMap(\.self)
        lines += (job.held ?? []).map { "held:    \($0.message)" }
        if let failure = job.failure { lines.append("failure: \(failure.message) (\(failure.code))") }
        if !remaining(job).isEmpty { lines.append("running: \(remaining(job))") }
        lines += job.warnings.map { "warning: \($0)" }
        return lines.map(printable).joined(separator: "\n")
    }

    /// The date to the second: "2026-11-30 17:20:05 +0100".
    static func shown(_ date: Date, _ zone: TimeZone?) -> String {
        let zone = zone ?? .local(at: date)
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
        let time = date.formatted(style.year().month().day().time(includingFractionalSeconds: false))
        let minutes = zone.secondsFromGMT(for: date) / 60
        let offset = String(printf: "%02d%02d", abs(minutes) / 60, abs(minutes) % 60)
        return "\(time) \(minutes < 0 ? "-" : "+")\(offset)"
    }

    /// "12.5 s", "2 min 5 s", "1 h 0 min".
    private static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, (0..<1e12).contains(seconds) else { return "?" }
        if seconds < 60 { return "\((seconds * 10).rounded(.down) / 10) s" }
        let whole = Int(seconds)
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
    private static func state(_ job: JobRecord) -> String { job.waitsFor == nil ? job.state.rawValue : "waiting" }

    private static func remaining(_ job: JobRecord) -> String {
        guard let rate = job.framesPerSecond else { return "" }
        let left = job.remainingSeconds.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
        return "\(Int(rate.rounded())) frames/s\(left)"
    }

    /// Replaces control characters: file names may contain terminal sequences.
    static func printable(_ line: String) -> String {
        String(
            String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
