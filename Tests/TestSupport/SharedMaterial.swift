import Foundation

/// Reference material beside the checkout (`../shared`) or in the folder named by `SALIENCYD_SHARED`; without it, tests
/// that need it are reported as skipped.
public enum SharedMaterial {
    /// The folder; nil if it does not exist.
    public static let directory: URL? = {
        let environment = ProcessInfo.processInfo.environment["SALIENCYD_SHARED"].map { URL(fileURLWithPath: $0) }
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidate = environment ?? checkout.deletingLastPathComponent().appendingPathComponent("shared")
        let golden = candidate.appendingPathComponent("golden").path
        return FileManager.default.fileExists(atPath: golden) ? candidate : nil
    }()

    /// Whether the agreement tests can run.
    public static var isPresent: Bool { directory != nil }

    /// The reason that skipped tests report.
    public static let skipReason = "needs the shared reference material (set SALIENCYD_SHARED)"

    /// The path of a file or folder in it; nil if it does not exist.
    public static func path(_ relative: String) -> String? {
        directory?.appendingPathComponent(relative).path
    }
}
