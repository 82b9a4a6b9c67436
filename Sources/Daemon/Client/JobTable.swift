import Files
import Foundation

/// Jobs as text for people.
enum JobTable {
    /// One line a job, below a heading unless there is to be none.
    static func text(_ jobs: [JobRecord], isHeaded: Bool = true) -> String {
        guard !jobs.isEmpty else { return "no jobs" }
        let rows = jobs.map { job in
            [
                String(job.id), job.state.rawValue, "\(Int(job.progress * 100)) %", job.watch ?? "",
                StagedName.split(job.source).name, job.failure?.message ?? remaining(job),
            ]
        }
        let all = (isHeaded ? [["job", "state", "", "watch", "file", ""]] : []) + rows
        let widths = (0..<5).map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.prefix(5).enumerated().map { index, cell in
                cell.padding(toLength: max(widths[index], cell.count), withPad: " ", startingAt: 0)
            }
            return printable((cells + [row[5]]).joined(separator: "  ")).trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    /// Everything there is to say of one.
    static func details(_ job: JobRecord) -> String {
        var lines = [
            "job \(job.id): \(job.state.rawValue), \(Int(job.progress * 100)) %, priority \(job.priority), \(job.attempts.counted("attempt"))",
            "source:  \(job.source)", "output:  \(job.output)",
        ]
        if let watch = job.watch { lines.append("watch:   \(watch)") }
        if let failure = job.failure { lines.append("failure: \(failure.message) (\(failure.code))") }
        if !remaining(job).isEmpty { lines.append("running: \(remaining(job))") }
        lines += job.warnings.map { "warning: \($0)" }
        return lines.map(printable).joined(separator: "\n")
    }

    private static func remaining(_ job: JobRecord) -> String {
        guard let rate = job.framesPerSecond else { return "" }
        let left = job.remainingSeconds.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
        return "\(Int(rate.rounded())) frames/s\(left)"
    }

    /// File names may hold anything, a terminal's commands too.
    private static func printable(_ line: String) -> String {
        String(
            String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
