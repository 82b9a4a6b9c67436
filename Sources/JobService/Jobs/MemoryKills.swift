import Files
import FoundationEssentials
import Glibc
import Pipeline

/// Counts how often the kernel has killed processes for lack of memory. The counts are stored in the state folder when
/// the daemon starts; the next daemon compares them, which distinguishes such a kill from a kill by hand or a power
/// loss.
///
/// The counts are those of the control groups above the daemon, which outlive it, and of the machine. If none can be
/// read, no end counts as a kill for lack of memory.
package struct MemoryKills: Sendable {
    package typealias Counts = [String: Int]

    /// Whether a process was killed for lack of memory since the last daemon started.
    let hasKilled: Bool
    private let path: String
    private let counts: Counts

    /// - Parameter counts: the present counts, by the file from which each was read.
    package init(state: String, counts: Counts = Self.counts()) {
        path = "\(state)/memory-kills"
        self.counts = counts
        let noted = (try? ReadableFile(path).contents(limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        hasKilled = Self.parsed(noted).contains { file, count in counts[file].map { $0 > count } ?? false }
    }

    /// Stores the present counts.
    package func begin() throws(FileError) {
        let lines = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)\n" }
        let file = try AtomicFile(path, replacing: true)
        try file.write(Array(lines.joined().utf8))
        try file.commit()
    }

    private static func parsed(_ text: String) -> Counts {
        let lines = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let fields = line.split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let count = Int(fields[0]) else { return nil }
            return (String(fields[1]), count)
        }
        return Counts(lines, uniquingKeysWith: { $1 })
    }

    /// Reads the kernel's present counts; blocks.
    package static func counts() -> Counts {
        let text = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let groups = ControlGroup.folders(of: text).flatMap { ["\($0)/memory.events", "\($0)/memory.oom_control"] }
        var counts: Counts = [:]
        for file in groups + ["/proc/vmstat"] { counts[file] = ControlGroup.number(of: "oom_kill", in: file) }
        return counts
    }
}
