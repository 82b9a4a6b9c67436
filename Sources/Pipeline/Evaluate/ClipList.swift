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
        let texts = try Self.texts(path: path, split: split)
        let root = root ?? Self.root(of: path)
        clips = try texts.flatMap { list in
            try ClipList(text: list.text, path: list.path, root: root, manifest: manifest).clips
        }
    }

    /// The lists at a path: one, or HMDB-51's of one split.
    static func texts(path: String, split: Int) throws(MediaError) -> [(path: String, text: String)] {
        let paths = FileName.isFolder(path) ? try lists(in: path, split: split) : [path]
        var texts: [(path: String, text: String)] = []
        for path in paths { texts.append((path, FileName.string(try read(path)))) }
        return texts
    }

    /// The base folder of a list's relative paths.
    static func root(of path: String) -> String {
        FileName.isFolder(path) ? path : FileName.split(path).folder
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

    /// - Parameter part: which clips of a published split.
    init(
        text: String, path: String, root: String, part: PublishedClipList.Part = .testing, manifest: ModelManifest
    ) throws {
        // Spreadsheets put a byte order mark first, which is no part of the first word.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        if let entries = try Self.published(text, path, part) {
            clips = try Self.clips(entries, path: path, root: root, manifest: manifest)
        } else {
            clips = try Self.clips(text, path: path, root: root, manifest: manifest)
        }
        guard !clips.isEmpty else { throw MediaError(.notMedia, "names no clip", file: path) }
    }

    /// The clips of a list with `path label` on each line.
    private static func clips(_ text: String, path: String, root: String, manifest: ModelManifest) throws -> [Clip] {
        try lines(text, path: path).map { line in
            do throws(ModelError) {
                let target: SaliencyTarget = Int(line.label).map { .index($0) } ?? .label(line.label)
                // An index or a label is a class whatever the logits are.
                let index = try target.resolve(manifest: manifest) ?? 0
                let isAbsolute = line.name.hasPrefix("/") || root.isEmpty
                return Clip(
                    name: line.name, path: isAbsolute ? line.name : root + (root.hasSuffix("/") ? "" : "/") + line.name,
                    label: index)
            } catch {
                throw ModelError(error.code, "line \(line.number): \(error.reason)", file: path)
            }
        }
    }

    /// The lines with a clip's path and label.
    private static func lines(_ text: String, path: String) throws(MediaError) -> [Line] {
        var lines: [Line] = []
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
            lines.append(Line(number: number + 1, name: name, label: label))
        }
        return lines
    }

    private struct Line {
        /// Counted from 1.
        var number: Int
        var name: String
        var label: String
    }

    /// The labels in a list, with the number of the first line that has each.
    static func labels(
        _ text: String, path: String, part: PublishedClipList.Part
    ) throws(MediaError) -> [String: Int] {
        let found =
            if let entries = try published(text, path, part) {
                entries.map { ($0.labels[0], $0.line) }
            } else {
                try lines(text, path: path).map { ($0.label, $0.number) }
            }
        return Dictionary(found, uniquingKeysWith: min)
    }
}

extension ClipList {
    private static func published(
        _ text: String, _ path: String, _ part: PublishedClipList.Part
    ) throws(MediaError) -> [PublishedClipList.Entry]? {
        do throws(ClipListError) {
            return try PublishedClipList.entries(text, name: FileName.split(path).name, part: part)
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
