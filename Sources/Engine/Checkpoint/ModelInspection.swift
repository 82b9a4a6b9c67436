import Files

/// A description of a checkpoint, made without reading its values; `saliencyd model inspect` prints it.
///
/// A checkpoint that is not a usable network is described too; `problem` then gives the reason.
public struct ModelInspection: Sendable, Codable {
    /// A variable of the network, as listed in the checkpoint's index.
    public struct Variable: Sendable, Codable, Hashable {
        /// As the checkpoint spells it.
        public var name: String
        public var elementType: String
        /// In the checkpoint's order of axes.
        public var shape: [Int]
    }

    /// The file, or TensorFlow's prefix.
    public var path: String
    public var form: CheckpointForm
    public var files: [CheckpointFile]
    /// Nil if there is a problem.
    public var manifest: ModelManifest?
    /// Output channels of the stem as a fraction of the published network's 64; nil if there is a problem.
    public var width: Double?
    /// The number of values in the network's variables, without those that only training needs.
    public var parameterCount: Int
    /// The network's variables in the file's order.
    public var variables: [Variable]
    /// Names of tensors that only training needs.
    public var skipped: [String]
    /// Names of tensors that do not belong to the network.
    public var unknown: [String]
    /// Other checkpoints in the same folder, if `init` got a folder.
    public var alternatives: [String]
    /// Why the checkpoint cannot be used, as one sentence; nil if it can.
    public var problem: String?

    /// - Throws: `ModelError` if there is no checkpoint at `path`, or its index cannot be read.
    public init(_ path: String, labelFile: String? = nil) throws(ModelError) {
        let location = try CheckpointLocation(path)
        let reader = try location.reader()
        self.path = location.path
        form = location.form
        files = reader.files
        alternatives = location.alternatives
        var tensors = reader.tensors
        skipped = []
        unknown = []
        do throws(ModelError) {
            let network = try StoredNetwork(reader.tensors, file: location.path)
            skipped = network.skipped
            unknown = network.unknown
            let leftOut = Set(skipped + unknown)
            tensors.removeAll { leftOut.contains($0.name) }
            let shape = try NetworkShape(network)
            width = shape.widths[I3DArchitecture.stem.name].map { Double($0) / 64 }
            manifest = try ModelManifest(
                metadata: reader.metadata, shape: shape, path: location.path, labelFile: labelFile)
        } catch {
            problem = error.description
        }
        variables = tensors.map { Variable(name: $0.name, elementType: "\($0.elementType)", shape: $0.shape) }
        parameterCount = tensors.filter(\.elementType.isFloat).reduce(0) { $0 + $1.count }
    }
}

extension ModelInspection: CustomStringConvertible {
    /// A page of text for a terminal.
    public var description: String {
        var lines = ["\(path): \(form)"]
        lines += files.map { "  \($0.path), \($0.size) bytes" }
        if let problem { lines.append("problem: \(problem)") }
        if let manifest {
            let input = manifest.inputChannels == 3 ? "RGB" : "optical flow"
            lines.append(
                "model: \(manifest.name), \(input), \(manifest.classCount.counted("class", "classes")), width \(width ?? 0)"
            )
            lines.append(
                "input: \(manifest.clipLength.counted("frame")) at \(manifest.framesPerSecond) a second, short side "
                    + "\(manifest.shortSide), crop \(manifest.frameSize), x * \(manifest.inputScale) "
                    + "+ \(manifest.inputOffset)")
            lines.append(manifest.labels.isEmpty ? "labels: none" : "labels: \(manifest.labels.count)")
        }
        lines.append("variables: \(variables.count), parameters: \(parameterCount)")
        lines += variables.map { "  \($0.name) \($0.shape) \($0.elementType)" }
        for (title, names) in [("skipped", skipped), ("unknown", unknown), ("also there", alternatives)]
        where !names.isEmpty {
            lines.append("\(title): \(names.count)")
            lines += names.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
