import Foundation

/// How much memory the process may take, so that a clip that is too large is refused in a sentence instead of being ended by
/// the kernel.
public enum MemoryBudget {
    /// What is left for the model, pictures and everything else.
    private static let share = 0.75

    /// Bytes that one network session may take: three quarters of `total`.
    public static let standard = Int(Double(total) * share)

    /// Bytes: the machine's memory, or that of the process's control group where that has less.
    public static let total: Int = {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        return ControlGroup.folders(of: groups).compactMap { folder in
            ["memory.max", "memory.limit_in_bytes"].compactMap { ControlGroup.number(in: "\(folder)/\($0)") }.min()
        }.reduce(physical, min)
    }()
}
