import Engine
import Files
import Media

/// A list of clips with their classes: a text file with `path label` on each line.
///
/// The path ends at the first tab or, without tabs, at the first space; the label, which may contain spaces, is a class
/// index or a label of the model. Empty lines and those that begin with `#` are skipped.
public struct ClipList: Sendable, Equatable {
    public struct Clip: Sendable, Hashable {
        /// The clip's name as in the list.
        public var name: String
        public var path: String
        /// The class index.
        public var label: Int
    }

    /// The maximum size of the list in bytes.
    static let largestFile = 64 << 20

    public let clips: [Clip]

    /// - Parameter root: the base folder of relative paths; nil for the list's folder.
    /// - Throws: `MediaError` if it cannot be read, has a line without a label, contains a clip twice or no clip;
    ///   `ModelError` for a label that the model does not have.
    public init(path: String, root: String? = nil, manifest: ModelManifest) throws {
        let bytes = try Self.read(path)
        let root = root ?? FileName.split(path).folder
        try self.init(text: FileName.string(bytes), path: path, root: root, manifest: manifest)
    }

    /// Checks that the list can be read, independent of the model.
    public static func checkReadable(_ path: String) throws(MediaError) {
        _ = try read(path)
    }

    private static func read(_ path: String) throws(MediaError) -> [UInt8] {
        do throws(FileError) {
            let file = try ReadableFile(path)
            guard file.size <= largestFile else {
                throw FileError(.cannotOpen, path, "is larger than \(largestFile >> 20) MB")
            }
            return try file.bytes(at: 0, count: file.size)
        } catch {
            throw MediaError(error)
        }
    }

    init(text: String, path: String, root: String, manifest: ModelManifest) throws {
        var clips: [Clip] = []
        var names = Set<String>()
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            let end = line.firstIndex(of: "\t") ?? line.firstIndex(of: " ") ?? line.endIndex
            let name = String(line[..<end])
            let label = line[end...].trimmed
            guard !name.isEmpty, !label.isEmpty else {
                throw MediaError(.notMedia, "line \(number + 1) is not a path and label", file: path)
            }
            guard names.insert(name).inserted else {
                throw MediaError(.notMedia, "line \(number + 1) names \(name) a second time", file: path)
            }
            do throws(ModelError) {
                let target: SaliencyTarget = Int(label).map { .index($0) } ?? .label(label)
                guard let index = try target.resolve(manifest: manifest) else { continue }
                let isAbsolute = name.hasPrefix("/") || root.isEmpty
                clips.append(
                    Clip(
                        name: name, path: isAbsolute ? name : root + (root.hasSuffix("/") ? "" : "/") + name,
                        label: index))
            } catch {
                throw ModelError(error.code, "line \(number + 1): \(error.reason)", file: path)
            }
        }
        guard !clips.isEmpty else { throw MediaError(.notMedia, "names no clip", file: path) }
        self.clips = clips
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
