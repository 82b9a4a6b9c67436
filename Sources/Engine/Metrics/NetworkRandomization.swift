/// A network's parts in the order in which a cascade randomises them, from the logits down to the stem.
///
/// A part is re-initialised to the state before training: filters normal with variance 2 / inputs (He et al., arXiv
/// 1502.01852), those of the logits 1 / inputs; batch-norm's mean and offset 0 and its variance 1; the logits' bias 0.
public enum NetworkRandomization {
    /// A part of the network that is randomised as a whole.
    public struct Stage: Sendable, Hashable {
        /// `Logits`, `Mixed_5c`, …, `Conv3d_1a_7x7`.
        public let name: String
        let units: [I3DArchitecture.Unit]
    }

    /// The 13 stages: Logits, Mixed_5c … Mixed_3b, Conv3d_2c, Conv3d_2b, Conv3d_1a.
    public static let stages =
        [Stage(name: "Logits", units: [])]
        + I3DArchitecture.mixedBlocks.reversed().map { Stage(name: $0.name, units: $0.units) }
        + [I3DArchitecture.conv2c, I3DArchitecture.conv2b, I3DArchitecture.stem].map {
            Stage(name: $0.name, units: [$0])
        }

    /// Replaces the weights of `stage` by random ones. The same seed gives the same values, whatever was randomised
    /// before.
    ///
    /// - Throws: `missingVariable`, `wrongShape`.
    public static func reinitialize(
        _ stage: Stage, in variables: inout ModelVariables, seed: UInt64
    ) throws(ModelError) {
        for unit in stage.units {
            try draw(I3DArchitecture.filterName(unit), gain: 2, in: &variables, seed: seed)
            try fill(I3DArchitecture.betaName(unit), with: 0, in: &variables)
            try fill(I3DArchitecture.meanName(unit), with: 0, in: &variables)
            try fill(I3DArchitecture.varianceName(unit), with: 1, in: &variables)
        }
        if stage.units.isEmpty {
            try draw(I3DArchitecture.logitsFilterName, gain: 1, in: &variables, seed: seed)
            try fill(I3DArchitecture.logitsBiasName, with: 0, in: &variables)
        }
    }

    private static func draw(
        _ name: String, gain: Double, in variables: inout ModelVariables, seed: UInt64
    ) throws(ModelError) {
        let shape = try shape(name, in: variables)
        guard shape.count == 5, shape.allSatisfy({ $0 > 0 }) else {
            throw ModelError(.wrongShape, "has shape \(shape), not that of filters", variable: name)
        }
        let inputs = shape[..<4].reduce(1, *)
        let deviation = (gain / Double(inputs)).squareRoot()
        var noise = GaussianNoise(seed: seed, copy: place(name), frame: 0)
        variables.variables[name] = .init(
            shape: shape, values: (0..<inputs * shape[4]).map { _ in Float(deviation * noise.next()) })
    }

    private static func fill(
        _ name: String, with value: Float, in variables: inout ModelVariables
    ) throws(ModelError) {
        let shape = try shape(name, in: variables)
        variables.variables[name] = .init(
            shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
    }

    private static func shape(_ name: String, in variables: ModelVariables) throws(ModelError) -> [Int] {
        guard let variable = variables[name] else {
            throw ModelError(.missingVariable, "is missing", variable: name)
        }
        return variable.shape
    }

    /// The number of the variable's own random stream.
    private static func place(_ name: String) -> Int {
        I3DArchitecture.units.firstIndex { I3DArchitecture.filterName($0) == name } ?? I3DArchitecture.units.count
    }
}
