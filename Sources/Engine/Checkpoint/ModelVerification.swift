/// The result of reading every value of a checkpoint; `saliencyd model verify` prints it.
public struct ModelVerification: Sendable, Codable, Hashable {
    /// The file, or TensorFlow's prefix.
    public var path: String
    public var form: CheckpointForm
    /// The number of variables that were read.
    public var variableCount: Int
    /// The number of their values.
    public var parameterCount: Int
    /// The kind of checksum that protects the values: "CRC-32C", "CRC-32", or nil if the format has none.
    public var checksum: String?
    /// `ModelVariables.contentHash`.
    public var contentHash: String
}

extension Checkpoint {
    /// Reads every value and checks that checksums match, all values are finite and every variance is positive with ε
    /// added.
    ///
    /// - Throws: `ModelError` that names the first damaged variable.
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

    /// Writes the network and its manifest as one safetensors file, completely or not at all.
    ///
    /// - Parameters:
    ///   - path: of the new file.
    ///   - isHalf: whether to write float16 instead of float32: half the size, every value rounded to 11 bits.
    ///   - isReplacing: whether an existing file may be replaced.
    /// - Throws: `ModelError`: as `load`; `outputExists`, `cannotWrite`; `malformed` if a value is too large for
    ///   float16.
    public func convert(to path: String, half isHalf: Bool = false, replacing isReplacing: Bool = false)
        throws(ModelError)
    {
        try load().write(safetensors: path, manifest: manifest, half: isHalf, replacing: isReplacing)
    }
}
