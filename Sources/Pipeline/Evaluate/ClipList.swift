import Engine
import Files
import Glibc
import Media

/// A list of clips with their classes: one of a public dataset as it is published (`PublishedClipList`), or a text file
/// with `path label` on each line.
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

    /// - Parameters:
    ///   - path: a list, or the folder with the lists of HMDB-51.
    ///   - root: the base folder of relative paths; nil for the list's folder.
    ///   - split: which of HMDB-51's three splits, if `path` is a folder.
    /// - Throws: `MediaError` if it cannot be read, has a line without a label, contains a clip twice or no clip;
    ///   `ModelError` for a label that the model does not have.
    public init(path: String, root: String? = nil, split: Int = 1, manifest: ModelManifest) throws {
        let isFolder = FileName.isFolder(path)
        let root = root ?? (isFolder ? path : FileName.split(path).folder)
        let lists = try isFolder ? Self.lists(in: path, split: split) : [path]
        clips = try lists.flatMap { list in
            try ClipList(text: FileName.string(Self.read(list)), path: list, root: root, manifest: manifest).clips
        }
    }

    /// HMDB-51's lists of one split.
    private static func lists(in folder: String, split: Int) throws(MediaError) -> [String] {
        guard let names = FileName.entries(of: folder) else {
            throw MediaError(.cannotOpen, "the folder cannot be read", file: folder)
        }
        let lists = names.filter { PublishedClipList.hmdbClass($0) != nil && $0.hasSuffix("_test_split\(split).txt") }
        guard !lists.isEmpty else {
            throw MediaError(
                .notMedia, "is a folder without lists named CLASS_test_split\(split).txt, as HMDB-51 has them",
                file: folder)
        }
        return lists.sorted().map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
    }

    /// Checks that the list can be read, independent of the model.
    public static func checkReadable(_ path: String) throws(MediaError) {
        if !FileName.isFolder(path) { _ = try read(path) }
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
        // Spreadsheets put a byte order mark first, which is no part of the first word.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        if let entries = try Self.published(text, path) {
            clips = try Self.clips(entries, path: path, root: root, manifest: manifest)
        } else {
            clips = try Self.clips(text, path: path, root: root, manifest: manifest)
        }
        guard !clips.isEmpty else { throw MediaError(.notMedia, "names no clip", file: path) }
    }

    /// The clips of a list with `path label` on each line.
    private static func clips(_ text: String, path: String, root: String, manifest: ModelManifest) throws -> [Clip] {
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
        return clips
    }
}

extension ClipList {
    private static func published(_ text: String, _ path: String) throws(MediaError) -> [PublishedClipList.Entry]? {
        do throws(ClipListError) {
            return try PublishedClipList.entries(text, name: FileName.split(path).name)
        } catch {
            throw MediaError(.notMedia, "line \(error.line) \(error.reason)", file: path)
        }
    }

    private static func clips(
        _ entries: [PublishedClipList.Entry], path: String, root: String, manifest: ModelManifest
    ) throws -> [Clip] {
        let base = root.isEmpty || root.hasSuffix("/") ? root : root + "/"
        var names: Set<String> = []
        var indices: [String: Int] = [:]
        return try entries.map { entry in
            guard names.insert(entry.name).inserted else {
                throw MediaError(.notMedia, "line \(entry.line) names \(entry.name) a second time", file: path)
            }
            let label = entry.labels[0]
            let index = try indices[label] ?? Self.index(of: entry, path: path, manifest: manifest)
            indices[label] = index
            let places = entry.places.map { base + $0 }
            let place = places.first { access($0.fileBytes, F_OK) == 0 } ?? places[0]
            return Clip(name: entry.name, path: place, label: index)
        }
    }

    /// The class of the first of an entry's spellings that the model knows.
    private static func index(
        of entry: PublishedClipList.Entry, path: String, manifest: ModelManifest
    ) throws(ModelError) -> Int {
        var failure: ModelError?
        for label in entry.labels {
            do throws(ModelError) {
                if let index = try SaliencyTarget.label(label).resolve(manifest: manifest) { return index }
            } catch {
                failure = failure ?? error
            }
        }
        throw ModelError(
            failure?.code ?? .labels, "line \(entry.line): \(failure?.reason ?? "has no class of the model")",
            file: path)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
