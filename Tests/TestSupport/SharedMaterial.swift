import Foundation

/// Reference material that lies beside the checkout (`../shared`) or where `SALIENCYD_SHARED` points; tests that need it
/// are skipped, and say so, where it is absent.
public enum SharedMaterial {
    /// The folder, or nil.
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

    /// What a skipped test says.
    public static let skipReason = "needs the shared reference material (set SALIENCYD_SHARED)"

    /// A file or folder of it, or nil where there is none.
    public static func path(_ relative: String) -> String? {
        directory?.appendingPathComponent(relative).path
    }
}
