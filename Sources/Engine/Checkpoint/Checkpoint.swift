/// An opened checkpoint of a network: its index has been read, and every variable is present in the right shape.
///
/// The values are still in the files; `load` reads them.
public struct Checkpoint: Sendable {
    /// The file, or TensorFlow's prefix; for a folder, the checkpoint that was found in it.
    public let path: String
    public let form: CheckpointForm
    /// The checkpoint's files; the one with the index comes first.
    public let files: [CheckpointFile]
    /// The checkpoint's own manifest, or the Kinetics one completed from the variables and a label file beside it.
    public let manifest: ModelManifest
    /// Other checkpoints in the same folder, if a folder was opened.
    public let alternatives: [String]
    /// Names of tensors that were left out because only training needs them: optimizer slots, counters.
    public let skipped: [String]
    /// Names of tensors that do not belong to the network.
    public let unknown: [String]

    let network: StoredNetwork
    let shape: NetworkShape
    let reader: any CheckpointReader

    /// Opens a checkpoint of any form: TensorFlow V2, safetensors, PyTorch, NumPy.
    ///
    /// - Parameters:
    ///   - path: a folder that holds a checkpoint, a TensorFlow prefix or `.index` file, a `.safetensors`, `.pt`, `.pth` or
    ///     `.npz` file, or a pickle of NumPy arrays.
    ///   - labelFile: one label per line, as many as the model has classes; with nil, labels come from the manifest or
    ///     from a file beside the checkpoint.
    /// - Throws: `ModelError` that names the file and, if the error concerns one, the variable.
    public static func open(_ path: String, labelFile: String? = nil) throws(ModelError) -> Checkpoint {
        let location = try CheckpointLocation(path)
        let reader = try location.reader()
        let network = try StoredNetwork(reader.tensors, file: location.path)
        let shape = try NetworkShape(network)
        let manifest = try ModelManifest(
            metadata: reader.metadata, shape: shape, path: location.path, labelFile: labelFile)
        return Checkpoint(location, reader, network, shape, manifest)
    }

    private init(
        _ location: CheckpointLocation, _ reader: any CheckpointReader, _ network: StoredNetwork, _ shape: NetworkShape,
        _ manifest: ModelManifest
    ) {
        path = location.path
        form = location.form
        files = reader.files
        alternatives = location.alternatives
        skipped = network.skipped
        unknown = network.unknown
        self.manifest = manifest
        self.network = network
        self.shape = shape
        self.reader = reader
    }

    /// Reads every variable and converts it to canonical form. Checks checksums, that all values are finite, and that
    /// every variance is positive with ε added.
    public func load() throws(ModelError) -> ModelVariables {
        try NetworkLoader(reader: reader, network: network).load()
    }
}
