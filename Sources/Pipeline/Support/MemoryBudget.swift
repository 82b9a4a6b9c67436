import Foundation

/// How much memory one network session may take, so that a clip that is too large is refused in a sentence instead of being
/// ended by the kernel.
public enum MemoryBudget {
    /// What is left for the model, pictures and everything else.
    private static let share = 0.75

    /// Bytes: three quarters of the machine's memory, or of the control group's where that has less.
    public static let standard: Int = {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap(limit)
        return Int(Double(limits.reduce(physical, min)) * share)
    }()

    /// The number in a control group's file; nil where there is none ("max", or no such file).
    private static func limit(_ path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
