import Files
import FoundationEssentials
import Glibc
import Pipeline

/// How often the kernel has ended processes because no memory was left, noted in the state folder when the daemon begins: the
/// next one sees whether that happened meanwhile, which tells such an end from a kill by hand or a power loss.
///
/// The counts are those of the control groups above the daemon, which outlive it, and of the machine; where none can be read, no
/// end is taken for one of these.
package struct MemoryKills: Sendable {
    package typealias Counts = [String: Int]

    /// Whether a process was ended for lack of memory since the last daemon began.
    let hasKilled: Bool
    private let path: String
    private let counts: Counts

    /// - Parameter counts: now, by the file that each comes from.
    package init(state: String, counts: Counts = Self.counts()) {
        path = "\(state)/memory-kills"
        self.counts = counts
        let noted = (try? ReadableFile(path).contents(limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        hasKilled = Self.parsed(noted).contains { file, count in counts[file].map { $0 > count } ?? false }
    }

    /// Notes the counts as they are now.
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

    /// What the kernel says now; blocks.
    package static func counts() -> Counts {
        let text = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let groups = ControlGroup.folders(of: text).flatMap { ["\($0)/memory.events", "\($0)/memory.oom_control"] }
        var counts: Counts = [:]
        for file in groups + ["/proc/vmstat"] { counts[file] = ControlGroup.number(of: "oom_kill", in: file) }
        return counts
    }
}
