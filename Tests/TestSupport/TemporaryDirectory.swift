import Foundation

/// A fresh folder that is removed with this object.
public final class TemporaryDirectory: Sendable {
    public let path: String

    /// - Parameter parent: nil for the system's folder for temporary files.
    public init(in parent: String? = nil) throws {
        let url = (parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory)
            .appendingPathComponent("saliencyd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
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
