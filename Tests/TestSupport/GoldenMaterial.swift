import Foundation

/// Small golden values in the repository, under `Tests/Golden`.
public enum GoldenMaterial {
    public static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// The path of a golden file or folder.
    public static func path(_ relative: String) -> String {
        directory.appendingPathComponent(relative).path
    }

    /// The bytes of a golden file.
    public static func bytes(_ relative: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appendingPathComponent(relative)))
    }
}
