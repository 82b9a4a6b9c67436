import Foundation

/// Small golden values that lie in the repository, under `Tests/Golden`.
public enum GoldenMaterial {
    public static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// A file or folder of it.
    public static func path(_ relative: String) -> String {
        directory.appendingPathComponent(relative).path
    }

    /// The bytes of a file of it.
    public static func bytes(_ relative: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appendingPathComponent(relative)))
    }
}
