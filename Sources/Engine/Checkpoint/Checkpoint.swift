/// A network's checkpoint, opened: found, its index read, every variable known to be there in the right shape.
///
/// The values are still in the files; `load` reads them.
public struct Checkpoint: Sendable {
    /// The file, or TensorFlow's prefix: what was found where a folder was given.
    public let path: String
    public let form: CheckpointForm
    /// The files it consists of, with the one that holds the index first.
    public let files: [CheckpointFile]
    /// Its own, or the Kinetics one with what the variables and a label file beside it say.
    public let manifest: ModelManifest
    /// Other checkpoints of the same folder, where a folder was given.
    public let alternatives: [String]
    /// Names of tensors that serve training only and were left out: optimizer slots, counters.
    public let skipped: [String]
    /// Names of tensors that the network does not know.
    public let unknown: [String]

    let network: StoredNetwork
    let shape: NetworkShape
    let reader: any CheckpointReader

    /// Opens a checkpoint of any form: TensorFlow V2, safetensors, PyTorch, NumPy.
    ///
    /// - Parameters:
    ///   - path: a folder that holds a checkpoint, a TensorFlow prefix or `.index` file, a `.safetensors`, `.pt`, `.pth` or
    ///     `.npz` file, or a pickle of NumPy arrays.
    ///   - labelFile: one label per line, as many as the model has classes; nil takes the manifest's, or those of a
    ///     file that lies beside the checkpoint.
    /// - Throws: `ModelError` that names the file and, where one is concerned, the variable.
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

    /// Reads every variable, checks its checksum, that it is finite and that every variance is positive with ε added, and
    /// brings it into canonical form.
    public func load() throws(ModelError) -> ModelVariables {
        try NetworkLoader(reader: reader, network: network).load()
    }
}
