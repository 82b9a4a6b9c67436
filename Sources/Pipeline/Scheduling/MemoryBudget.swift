import FoundationEssentials

/// The memory available to the process, so that a clip that is too large is refused with an error message, before the
/// kernel kills the process.
public enum MemoryBudget {
    /// The fraction for a session; the rest is for the model, frames and everything else.
    private static let share = 0.75

    /// The maximum memory of one network session in bytes: three quarters of `total`.
    public static let standard = Int(Double(total) * share)

    /// The memory in bytes: the machine's, or the limit of the process's control groups if that is less.
    public static let total: Int = {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        return ControlGroup.folders(of: groups).compactMap { folder in
            ["memory.max", "memory.limit_in_bytes"].compactMap { ControlGroup.number(in: "\(folder)/\($0)") }.min()
        }.reduce(physical, min)
    }()
}

/// The kernel's information about the control groups of a process.
public enum ControlGroup {
    /// The folders of a process's memory control group and of its parents, the innermost first, in versions 1 and 2.
    ///
    /// - Parameter text: the contents of `/proc/self/cgroup`: "0::/system.slice/saliencyd.service".
    public static func folders(of text: String) -> [String] {
        var folders: [String] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let root: String
            if fields[0] == "0", fields[1].isEmpty {
                root = "/sys/fs/cgroup"
            } else if fields[1].split(separator: ",").contains("memory") {
                root = "/sys/fs/cgroup/memory"
            } else {
                continue
            }
            var parts = fields[2].split(separator: "/")
            guard !parts.contains("..") else { continue }
            while !parts.isEmpty {
                folders.append("\(root)/\(parts.joined(separator: "/"))")
                parts.removeLast()
            }
            folders.append(root)
        }
        return folders
    }

    /// The number in a control group's file; nil if there is none ("max", or no such file).
    public static func number(in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int(text.trimmed())
    }

    /// The number after a word in a control group's file with lines such as "oom_kill 3"; nil if there is none.
    public static func number(of word: String, in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2, fields[0] == word { return Int(fields[1]) }
        }
        return nil
    }
}
