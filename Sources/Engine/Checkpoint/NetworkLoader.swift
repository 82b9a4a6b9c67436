import CKernels

/// Reads a network's values and converts them to canonical form: filters `[kt, kh, kw, cin, cout]`, batch-norm vectors
/// `[cout]`, no gamma.
///
/// Batch-norm with a gamma, `γ (x − μ) / √(σ² + ε) + β` over `x = w ∗ input + b`, equals batch-norm without one over
/// filters `γ w` with mean `γ (μ − b)`. So γ is folded into filter and mean: every value is rounded once (relative
/// 2⁻²⁴), for any γ, including negative ones and zero, and a γ of 1 changes no bit. Folding γ into the variance, `(σ² +
/// ε) / γ² − ε`, would fail for γ ≤ 0 and lose precision by cancellation where σ² is not far above ε.
///
/// No format stores ε. It is `I3DArchitecture.batchNormEpsilon`, 1e-3, as in the published graph.
struct NetworkLoader {
    let reader: any CheckpointReader
    let network: StoredNetwork

    func load() throws(ModelError) -> ModelVariables {
        var variables: [String: ModelVariables.Variable] = [:]
        for unit in I3DArchitecture.units {
            try load(unit, into: &variables)
        }
        variables[I3DArchitecture.logitsFilterName] = try filter(of: VariableNaming.headName)
        variables[I3DArchitecture.logitsBiasName] = try vector(.bias, of: VariableNaming.headName)
        return ModelVariables(variables)
    }

    private func load(
        _ unit: I3DArchitecture.Unit, into variables: inout [String: ModelVariables.Variable]
    ) throws(ModelError) {
        var filter = try filter(of: unit.name)
        var mean = try vector(.mean, of: unit.name)
        if network.units[unit.name]?[.bias] != nil {
            let bias = try vector(.bias, of: unit.name)
            for channel in mean.values.indices { mean.values[channel] -= bias.values[channel] }
        }
        if network.units[unit.name]?[.gamma] != nil {
            let gamma = try vector(.gamma, of: unit.name).values
            if gamma.contains(where: { $0 != 1 }) {
                filter.values.scaleColumns(by: gamma)
                mean.values.scaleColumns(by: gamma)
            }
        }
        variables[I3DArchitecture.filterName(unit)] = filter
        variables[I3DArchitecture.meanName(unit)] = mean
        variables[I3DArchitecture.betaName(unit)] = try vector(.beta, of: unit.name)
        variables[I3DArchitecture.varianceName(unit)] = try variance(of: unit.name)
    }

    private func filter(of unit: String) throws(ModelError) -> ModelVariables.Variable {
        let tensor = try network.tensor(.filter, of: unit)
        let values = try finiteValues(of: tensor)
        guard let shape = tensor.filterShape(network.naming) else {
            throw ModelError(.wrongShape, "has shape \(tensor.shape)", file: network.file, variable: tensor.name)
        }
        guard !network.naming.isChannelsLast else { return .init(shape: shape, values: values) }
        return .init(
            shape: shape, values: values.transposedFilter(kernel: shape[..<3].reduce(1, *), shape[3], shape[4]))
    }

    private func vector(_ role: VariableNaming.Role, of unit: String) throws(ModelError) -> ModelVariables.Variable {
        let values = try finiteValues(of: network.tensor(role, of: unit))
        return .init(shape: [values.count], values: values)
    }

    private func variance(of unit: String) throws(ModelError) -> ModelVariables.Variable {
        let variance = try vector(.variance, of: unit)
        guard variance.values.allSatisfy({ $0 > -I3DArchitecture.batchNormEpsilon }) else {
            throw ModelError(
                .malformed, "holds a variance that stays negative with ε added", file: network.file,
                variable: try network.tensor(.variance, of: unit).name)
        }
        return variance
    }

    private func finiteValues(of tensor: StoredTensor) throws(ModelError) -> [Float] {
        let values = try reader.values(of: tensor)
        guard saliency_all_finite(values, values.count) else {
            throw ModelError(
                .malformed, "holds a value that is infinite or not a number", file: network.file, variable: tensor.name)
        }
        return values
    }
}

extension [Float] {
    /// Multiplies column `c` of a matrix with `factors.count` columns by `factors[c]`.
    fileprivate mutating func scaleColumns(by factors: [Float]) {
        for row in stride(from: 0, to: count, by: factors.count) {
            for column in factors.indices { self[row + column] *= factors[column] }
        }
    }

    /// Transposes `[cout, cin, k]` to `[k, cin, cout]`, where k stands for the kernel's three axes.
    ///
    /// Reads sequentially and writes k streams that each advance by one element, so both stay in the cache.
    fileprivate func transposedFilter(kernel: Int, _ input: Int, _ output: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { target, initializedCount in
            withUnsafeBufferPointer { source in
                for cin in 0..<input {
                    for cout in 0..<output {
                        let run = (cout * input + cin) * kernel
                        for k in 0..<kernel { target[(k * input + cin) * output + cout] = source[run + k] }
                    }
                }
            }
            initializedCount = count
        }
    }
}
