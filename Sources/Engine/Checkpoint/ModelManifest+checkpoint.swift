import Files
import FoundationEssentials

extension ModelManifest {
    /// Keys of a safetensors file's `__metadata__`.
    enum MetadataKey {
        /// The manifest as a JSON object.
        static let manifest = "saliencyd.manifest"
        /// Labels alone, as a JSON array, for files without a manifest.
        static let labels = "labels"
    }

    /// The checkpoint's own manifest, or else the Kinetics one. Labels come from `labelFile`, else from the checkpoint,
    /// else from a label file beside it.
    init(
        metadata: [String: String], shape: NetworkShape, path: String, labelFile: String?
    ) throws(ModelError) {
        if let text = metadata[MetadataKey.manifest] {
            self = try Self.decoded(ModelManifest.self, text, MetadataKey.manifest, path)
            try check(shape, path)
        } else {
            self.init(
                name: Self.name(of: path), classCount: shape.classCount, inputChannels: shape.inputChannels)
            if let text = metadata[MetadataKey.labels] {
                labels = try Self.decoded([String].self, text, MetadataKey.labels, path)
            }
        }
        if let labelFile {
            labels = try LabelFile.read(labelFile, classCount: classCount)
        } else if labels.isEmpty {
            labels = LabelFile.find(for: path, classCount: classCount)?.labels ?? []
        }
        guard labels.isEmpty || labels.count == classCount else {
            throw ModelError(
                .labels,
                "has \(labels.count.counted("label")), where the model has \(classCount.counted("class", "classes"))",
                file: path)
        }
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, _ text: String, _ key: String, _ path: String
    ) throws(ModelError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw ModelError(.malformed, "has a malformed entry \(key) in its metadata", file: path)
        }
    }

    /// Checks the values, since a manifest may have been edited by hand.
    private func check(_ shape: NetworkShape, _ path: String) throws(ModelError) {
        func demand(_ holds: Bool, _ reason: String) throws(ModelError) {
            guard holds else { throw ModelError(.malformed, "has a manifest that says \(reason)", file: path) }
        }
        try demand(
            classCount == shape.classCount,
            "\(classCount.counted("class", "classes")), where the variables have \(shape.classCount)")
        try demand(
            inputChannels == shape.inputChannels,
            "\(inputChannels) input channels, where the variables have \(shape.inputChannels)")
        try demand((1...4096).contains(clipLength), "a clip length of \(clipLength)")
        try demand((32...4096).contains(frameSize), "a frame size of \(frameSize)")
        try demand((frameSize...8192).contains(shortSide), "a short side of \(shortSide)")
        try demand(framesPerSecond > 0 && framesPerSecond <= 1000, "\(framesPerSecond) frames per second")
        try demand(inputScale.isFinite && inputScale != 0, "an input scale of \(inputScale)")
        try demand(inputOffset.isFinite, "an input offset of \(inputOffset)")
    }

    /// The file's name without its extension; for the uninformative published name `model.ckpt`, its folder's name.
    private static func name(of path: String) -> String {
        let name = Path.name(of: path)
        if name == "model.ckpt" || name == "model.safetensors" {
            let folder = Path.folder(of: path)
            if folder != "." && folder != "/" { return Path.name(of: folder) }
        }
        for suffix in [".safetensors", ".pt", ".pth", ".npz", ".ckpt"] where name.hasSuffix(suffix) && name != suffix {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}
