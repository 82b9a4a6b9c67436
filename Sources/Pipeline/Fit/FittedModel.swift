import Engine
import LinearAlgebra

/// A network with a new head.
struct FittedModel {
    private let variables: ModelVariables
    private let manifest: ModelManifest
    private let isHalf: Bool
    let description: ModelDescription

    /// - Parameters:
    ///   - head: for plain features; rounded to single precision.
    ///   - labels: one for each class, or none.
    ///   - name: of the new model; everything else of the base network's manifest is kept.
    ///   - isHalf: whether all values are rounded to float16, as they will be stored.
    /// - Throws: `ModelError`, also if a weight is beyond the precision.
    init(
        _ head: LinearHead, labels: [String], name: String, base: LoadedModel, half isHalf: Bool
    ) throws(ModelError) {
        var variables = try base.variables()
        variables.variables[I3DArchitecture.logitsFilterName] = .init(
            shape: [1, 1, 1, head.weights.rows, head.classCount], values: head.weights.values.map { Float($0) })
        variables.variables[I3DArchitecture.logitsBiasName] = .init(
            shape: [head.classCount], values: head.bias.map { Float($0) })
        if isHalf {
            // Rounded here, so that the hash is that of the file.
            for (name, variable) in variables.variables {
                variables.variables[name]?.values = variable.values.map { Float(Float16($0)) }
            }
        }
        for (name, variable) in variables.variables {
            guard variable.values.allSatisfy(\.isFinite) else {
                throw ModelError(
                    .malformed, "holds a value too large for \(isHalf ? "float16" : "float32")", variable: name)
            }
        }
        var manifest = base.manifest
        manifest.name = name
        manifest.classCount = head.classCount
        manifest.labels = labels
        self.variables = variables
        self.manifest = manifest
        self.isHalf = isHalf
        description = ModelDescription(
            name: name, form: CheckpointForm.safetensors.rawValue, sha256: variables.contentHash,
            classes: head.classCount)
    }

    /// Writes the network as one safetensors file, completely or not at all.
    func write(to path: String, replacing isReplacing: Bool) throws(ModelError) {
        try variables.write(safetensors: path, manifest: manifest, half: isHalf, replacing: isReplacing)
    }
}
