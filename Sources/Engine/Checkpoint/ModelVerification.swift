/// The outcome of reading every value of a checkpoint: what `saliencyd model verify` prints.
public struct ModelVerification: Sendable, Codable, Hashable {
    /// The file, or TensorFlow's prefix.
    public var path: String
    public var form: CheckpointForm
    /// Variables that were read, and their values.
    public var variableCount: Int
    public var parameterCount: Int
    /// What guards the values against damage: "CRC-32C", "CRC-32", or nil where the form has nothing.
    public var checksum: String?
    /// `ModelVariables.contentHash`.
    public var contentHash: String
}

extension Checkpoint {
    /// Reads every value: checksums match, all values are finite, every variance is positive with ε added.
    ///
    /// - Throws: `ModelError` naming the first variable that is damaged.
    public func verify() throws(ModelError) -> ModelVerification {
        let variables = try load()
        let checksum: String? =
            switch form {
            case .tensorFlow: "CRC-32C"
            case .torchArchive, .numpyArchive: "CRC-32"
            case .safetensors, .torchLegacy, .numpyPickle: nil
            }
        return ModelVerification(
            path: path, form: form, variableCount: variables.variables.count,
            parameterCount: variables.parameterCount, checksum: checksum, contentHash: variables.contentHash)
    }

    /// Writes the network and its manifest as one safetensors file, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: of the new file.
    ///   - isHalf: float16 instead of float32. Halves the file and rounds every value to 11 bits.
    ///   - isReplacing: whether an existing file may be replaced.
    /// - Throws: `ModelError`: what `load` throws, `outputExists`, `cannotWrite`, and `malformed` if a value exceeds what
    ///   float16 can hold.
    public func convert(to path: String, half isHalf: Bool = false, replacing isReplacing: Bool = false)
        throws(ModelError)
    {
        try load().write(safetensors: path, manifest: manifest, half: isHalf, replacing: isReplacing)
    }
}
