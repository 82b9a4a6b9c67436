import Engine
import Files
import Media

/// Clips with the classes that their labels define, for fitting a network to them.
public struct LabelledClips: Sendable, Equatable {
    public let clips: [ClipList.Clip]
    /// One for each class, in class order; empty if classes have numbers only.
    public let labels: [String]
    public let classCount: Int

    /// The number of clips that every class needs: one to fit to and one to test with.
    public static let leastClips = 2
    /// The maximum length of a label in bytes of UTF-8.
    private static let longestLabel = 256

    /// - Parameters:
    ///   - path: a folder with a folder of clips for each class; or a list as `ClipList` reads it, for HMDB-51 the folder
    ///     with its lists, of which the clips for training are taken.
    ///   - root: the base folder of a list's relative paths; nil for the list's folder.
    ///   - split: which of HMDB-51's three splits, if `path` is the folder with its lists.
    ///   - labelFile: the labels, one a line, in class order; with nil they are those that occur, in alphabetical order, or
    ///     none if all are numbers from 0.
    /// - Throws: `MediaError` if the list or folder cannot be read or does not give at least two clips of at least two
    ///   classes; `ModelError` for labels that are no classes.
    public init(path: String, root: String? = nil, split: Int = 1, labelFile: String? = nil) throws {
        let given = try labelFile.map { path throws(ModelError) in try LabelFile.read(path) }
        if let folders = ClassFolders(path) {
            guard root == nil else {
                throw MediaError(.refused, "is a folder of clips, whose paths do not begin at --root", file: path)
            }
            try self.init(folders, labels: given)
        } else {
            let texts = try ClipList.texts(path: path, split: split)
            try self.init(texts, path: path, root: root ?? ClipList.root(of: path), labels: given)
        }
    }

    private init(_ folders: ClassFolders, labels given: [String]?) throws {
        let labels = try given ?? Self.checked(Array(folders.clips.keys).sorted(), file: folders.path)
        let manifest = Self.manifest(labels, classCount: labels.count)
        let clips = try folders.clips.sorted { $0.key < $1.key }.flatMap { folder, names in
            let label = try Self.located(in: folders.path) { () throws(ModelError) in
                try SaliencyTarget.label(folder).resolve(manifest: manifest) ?? 0
            }
            return names.map { name in
                ClipList.Clip(name: "\(folder)/\(name)", path: "\(folders.base)\(folder)/\(name)", label: label)
            }
        }
        try self.init(clips: clips, labels: labels, classCount: labels.count, file: folders.path)
    }

    private init(_ texts: [(path: String, text: String)], path: String, root: String, labels given: [String]?) throws {
        var classCount = given?.count ?? 0
        var labels = given ?? []
        if given == nil {
            var found: Set<String> = []
            var bytes = 0
            for list in texts {
                found.formUnion(try ClipList.labels(list.text, path: list.path, part: .training).keys)
                bytes += list.text.utf8.count
            }
            let numbers = found.compactMap { Int($0) }
            guard numbers.isEmpty || numbers.count == found.count else {
                let name = found.filter { Int($0) == nil }.min() ?? ""
                throw ModelError(
                    .labels, "has both numbers and names as labels, such as \(numbers.min() ?? 0) and \(name)",
                    file: path)
            }
            if let smallest = numbers.min(), let largest = numbers.max() {
                // Every class needs lines of its own.
                guard smallest >= 0, largest < bytes else {
                    throw ModelError(
                        .labels,
                        "has the class \(smallest < 0 ? smallest : largest); classes are numbered from 0 without gaps",
                        file: path)
                }
                classCount = largest + 1
            } else {
                labels = try Self.checked(found.sorted(), file: path)
                classCount = labels.count
            }
        }
        let manifest = Self.manifest(labels, classCount: classCount)
        let clips = try texts.flatMap { list in
            try ClipList(text: list.text, path: list.path, root: root, part: .training, manifest: manifest).clips
        }
        try self.init(clips: clips, labels: labels, classCount: classCount, file: path)
    }

    private init(clips: [ClipList.Clip], labels: [String], classCount: Int, file: String) throws(MediaError) {
        self.clips = clips
        self.labels = labels
        self.classCount = classCount
        guard classCount >= 2 else {
            throw MediaError(.notMedia, "has clips of one class only; two are needed", file: file)
        }
        if let problem = shortage(of: clips) { throw MediaError(.notMedia, problem, file: file) }
    }

    /// Which classes have too few of these clips, as a clause; nil if none has.
    func shortage(of clips: [ClipList.Clip]) -> String? {
        var counts = [Int](repeating: 0, count: classCount)
        for clip in clips { counts[clip.label] += 1 }
        let short = counts.indices.filter { counts[$0] < Self.leastClips }
        guard !short.isEmpty else { return nil }
        let named = short.prefix(5).map { "\(name(of: $0)) (\(counts[$0]))" }.joined(separator: ", ")
        return "every class needs \(Self.leastClips) clips; too few: \(named)"
            + (short.count > 5 ? " and \((short.count - 5).counted("class", "classes")) more" : "")
    }

    func name(of index: Int) -> String { index < labels.count ? labels[index] : "class \(index)" }

    /// Describes the classes to the functions that look labels up.
    private static func manifest(_ labels: [String], classCount: Int) -> ModelManifest {
        ModelManifest(name: "", classCount: classCount, inputChannels: 3, labels: labels)
    }

    private static func checked(_ labels: [String], file: String) throws(ModelError) -> [String] {
        var plain: [String: String] = [:]
        for label in labels {
            guard label.utf8.count <= longestLabel, !label.unicodeScalars.contains(where: { $0.value < 32 }) else {
                throw ModelError(
                    .labels,
                    "has a label with control characters or of more than \(longestLabel) bytes: \(label.prefix(40))",
                    file: file)
            }
            if let other = plain.updateValue(label, forKey: NearMisses.plain(label)) {
                throw ModelError(
                    .labels, "has the labels \"\(other)\" and \"\(label)\", which count as one; spell them alike",
                    file: file)
            }
        }
        return labels
    }

    private static func located<Value>(
        in file: String, _ body: () throws(ModelError) -> Value
    ) throws(ModelError) -> Value {
        do throws(ModelError) {
            return try body()
        } catch {
            throw ModelError(error.code, error.reason, file: file)
        }
    }
}

/// A folder that contains a folder of clips for each class.
private struct ClassFolders {
    let path: String
    /// The path with a slash at its end.
    let base: String
    /// The names in each class's folder, in alphabetical order.
    let clips: [String: [String]]

    /// - Returns: nil if the path is not such a folder; a folder with HMDB-51's lists is not.
    init?(_ path: String) {
        guard FileName.isFolder(path), let names = FileName.entries(of: path),
            !names.contains(where: { PublishedClipList.hmdbClass($0) != nil })
        else { return nil }
        let base = path.hasSuffix("/") ? path : path + "/"
        var clips: [String: [String]] = [:]
        for name in names where !name.hasPrefix(".") && FileName.isFolder(base + name) {
            clips[name] = (FileName.entries(of: base + name) ?? []).filter(Self.isClip).sorted()
        }
        self.path = path
        self.base = base
        self.clips = clips
    }

    /// Whether a name may be a clip's, rather than that of a hidden or incomplete file, of a text beside a clip, or of a
    /// video that this program has annotated.
    private static func isClip(_ name: String) -> Bool {
        let lower = name.lowercased()
        let others = [".json", ".vtt", ".srt", ".txt", ".csv", ".tsv", ".md", ".part", ".partial", ".tmp", "~"]
        return !lower.hasPrefix(".") && !others.contains { lower.hasSuffix($0) } && !lower.contains(".saliency.")
    }
}
