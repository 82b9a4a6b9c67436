import Files
import FoundationEssentials

/// The path and format of a checkpoint. The format is recognised by content first, then by name.
struct CheckpointLocation: Sendable, Hashable {
    var form: CheckpointForm
    /// The file, or TensorFlow's prefix.
    var path: String
    /// Other networks in the same folder, if `init` got a folder.
    var alternatives: [String] = []
    /// The built-in model at this location, if it is one.
    private var builtIn: BuiltInModel?

    /// - Parameter path: a folder, a file, TensorFlow's prefix, or a built-in model's name.
    init(_ path: String) throws(ModelError) {
        var isFolder = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            if FileManager.default.fileExists(atPath: path + ".index") {
                self.init(.tensorFlow, path)
            } else if let model = BuiltInModel(rawValue: path) {
                self.init(.safetensors, path)
                builtIn = model
            } else {
                throw Self.missing(path)
            }
        } else if isFolder {
            self = try Self.inFolder(path)
        } else {
            self = try Self.file(path)
        }
    }

    private init(_ form: CheckpointForm, _ path: String) {
        self.form = form
        self.path = path
    }

    /// Opens the checkpoint and reads its index.
    func reader() throws(ModelError) -> any CheckpointReader {
        switch form {
        case .tensorFlow: try TensorFlowCheckpoint(prefix: path)
        case .safetensors:
            if let builtIn {
                try SafetensorsCheckpoint(builtIn.checkpoint)
            } else {
                try SafetensorsCheckpoint(openFile(path))
            }
        case .torchArchive: try TorchArchive(path)
        case .torchLegacy: try TorchLegacyFile(path)
        case .numpyArchive: try NumPyArchive(path)
        case .numpyPickle: try NumPyPickleFile(path)
        }
    }

    // MARK: A file

    private static func file(_ path: String) throws(ModelError) -> CheckpointLocation {
        if let prefix = tensorFlowPrefix(path) { return CheckpointLocation(.tensorFlow, prefix) }
        let file = try openFile(path)
        let head = try file.modelBytes(at: 0, count: min(32, file.size))
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
            return CheckpointLocation(try NumPyArchive.isRecognised(file) ? .numpyArchive : .torchArchive, path)
        }
        if TorchLegacyFile.isRecognised(by: head) { return CheckpointLocation(.torchLegacy, path) }
        if NumPyPickleFile.isRecognised(by: head) { return CheckpointLocation(.numpyPickle, path) }
        if head.count > 8, head[8] == UInt8(ascii: "{") { return CheckpointLocation(.safetensors, path) }
        let suffixes: [(String, CheckpointForm)] = [
            (".safetensors", .safetensors), (".pt", .torchArchive), (".pth", .torchArchive), (".npz", .numpyArchive),
        ]
        guard let form = suffixes.first(where: { path.hasSuffix($0.0) })?.1 else {
            throw ModelError(
                .malformed, "is not a checkpoint in a known format (TensorFlow, safetensors, PyTorch, NumPy)",
                file: path)
        }
        // The format's reader reports what is wrong with the file.
        return CheckpointLocation(form, path)
    }

    /// `PREFIX` of `PREFIX.index` or `PREFIX.data-00000-of-00001`.
    private static func tensorFlowPrefix(_ path: String) -> String? {
        if path.hasSuffix(".index") { return String(path.dropLast(".index".count)) }
        let name = path.suffix(".data-00000-of-00001".count)
        guard name.wholeMatch(of: /\.data-\d{5}-of-\d{5}/) != nil else { return nil }
        return String(path.dropLast(name.count))
    }

    private static func missing(_ path: String) -> ModelError {
        let folder = Path.folder(of: path)
        let name = Path.name(of: path)
        let hasData = listing(folder).contains { $0.hasPrefix(name + ".data-") }
        return ModelError(
            .cannotOpen,
            hasData ? "its index file \(name).index is missing" : "no such file, folder or checkpoint prefix",
            file: path)
    }

    // MARK: A folder

    /// Uses what TensorFlow's `checkpoint` file names, else the published name `model.ckpt`, else the only checkpoint.
    private static func inFolder(_ folder: String) throws(ModelError) -> CheckpointLocation {
        let candidates = candidates(in: folder)
        func location(_ path: String) throws(ModelError) -> CheckpointLocation {
            var location = try CheckpointLocation(path)
            location.alternatives = candidates.filter { $0 != path && isNetwork($0) }
            return location
        }
        let named = [latest(in: folder), Path.join(folder, "model.ckpt")].compactMap(\.self)
        if let path = named.first(where: { FileManager.default.fileExists(atPath: $0 + ".index") }) {
            return try location(path)
        }
        if candidates.count == 1 { return try location(candidates[0]) }
        guard !candidates.isEmpty else {
            throw ModelError(
                .cannotOpen, "holds no checkpoint (.index, .safetensors, .pt, .pth, .npz)", file: folder)
        }
        // Not every tensor file is a network: a file without any of its variables is not a candidate.
        let networks = candidates.filter(isNetwork)
        guard networks.count == 1 else {
            let names = (networks.isEmpty ? candidates : networks).map(Path.name).joined(separator: ", ")
            throw ModelError(
                .malformed, "holds several checkpoints, of which one must be named: \(names)", file: folder)
        }
        return try location(networks[0])
    }

    private static func candidates(in folder: String) -> [String] {
        listing(folder).compactMap { name in
            if name.hasSuffix(".index") { return Path.join(folder, String(name.dropLast(".index".count))) }
            let isFile = [".safetensors", ".pt", ".pth", ".npz"].contains { name.hasSuffix($0) }
            return isFile ? Path.join(folder, name) : nil
        }
    }

    private static func isNetwork(_ path: String) -> Bool {
        guard let reader = try? CheckpointLocation(path).reader() else { return false }
        return reader.tensors.contains { VariableNaming.place(of: $0.name) != nil }
    }

    /// The prefix that TensorFlow's text file `checkpoint` calls the latest: `model_checkpoint_path: "model.ckpt-500"`.
    ///
    /// The path may be from another machine; only its last component is used, in this folder.
    private static func latest(in folder: String) -> String? {
        guard let file = try? ReadableFile(Path.join(folder, "checkpoint")), file.size <= 1 << 20,
            let bytes = try? file.bytes(at: 0, count: file.size),
            let match = String(decoding: bytes, as: UTF8.self).firstMatch(of: /model_checkpoint_path: *"([^"\n]+)"/)
        else { return nil }
        return Path.join(folder, Path.name(of: String(match.1)))
    }

    /// The names in a folder, sorted; empty if it cannot be read.
    private static func listing(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
