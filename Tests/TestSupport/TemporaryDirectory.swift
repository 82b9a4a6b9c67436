import Foundation

/// A new folder that is removed with this object.
///
/// The two folders above it belong to it too, so that files that are looked for above a checkpoint, such as label
/// files, are never found in a folder that others use.
public final class TemporaryDirectory: Sendable {
    public let path: String
    private let outermost: String

    /// - Parameter parent: nil for the system's folder for temporary files.
    public init(in parent: String? = nil) throws {
        let url = (parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory)
            .appendingPathComponent("saliencyd-test-\(UUID().uuidString)")
        outermost = url.path
        path = outermost + "/a/b"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: outermost)
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String {
        path + "/" + name
    }

    /// The names of all files in it, sorted.
    public func listing() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
