import Glibc

/// Reads a network's variables, one unit at a time, and checks each unit against the layer before it.
struct VariableReader {
    let variables: ModelVariables

    /// A variable that must exist and have the given shape; nil dimensions are arbitrary.
    ///
    /// - Throws: `missingVariable`, `wrongShape`, or `malformed` if a value is not finite.
    func variable(_ name: String, shape: [Int?]) throws(ModelError) -> ModelVariables.Variable {
        guard let variable = variables[name] else {
            throw ModelError(.missingVariable, "not in the checkpoint", variable: name)
        }
        let fits =
            variable.shape.count == shape.count
            && zip(variable.shape, shape).allSatisfy { has, wanted in has > 0 && (wanted ?? has) == has }
        guard fits else {
            let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw ModelError(.wrongShape, "has shape \(variable.shape), the network needs [\(wanted)]", variable: name)
        }
        try check(variable, name)
        return variable
    }

    /// A vector of `count` elements, with any number of further dimensions of size 1.
    func vector(_ name: String, count: Int) throws(ModelError) -> [Float] {
        guard let variable = variables[name] else {
            throw ModelError(.missingVariable, "not in the checkpoint", variable: name)
        }
        guard variable.shape.filter({ $0 != 1 }) == (count == 1 ? [] : [count]) else {
            throw ModelError(
                .wrongShape, "has shape \(variable.shape), the network needs \(count) elements", variable: name)
        }
        try check(variable, name)
        return variable.values
    }

    /// A convolution whose batch-norm is folded into its filters and bias, in double precision.
    ///
    /// The unit computes relu((w * x - mean) / sqrt(variance + epsilon) + beta), without gamma.
    ///
    /// - Parameter inputChannels: the output channels of the layer before; nil to accept the filters' number.
    func unit(_ unit: I3DArchitecture.Unit, inputChannels: Int?) throws(ModelError) -> FoldedConvolution {
        let edge = unit.kernel
        let filters = try variable(I3DArchitecture.filterName(unit), shape: [edge, edge, edge, inputChannels, nil])
        let (cin, cout) = (filters.shape[3], filters.shape[4])
        let beta = try vector(I3DArchitecture.betaName(unit), count: cout)
        let mean = try vector(I3DArchitecture.meanName(unit), count: cout)
        let variance = try vector(I3DArchitecture.varianceName(unit), count: cout)

        let epsilon = Double(I3DArchitecture.batchNormEpsilon)
        guard variance.allSatisfy({ Double($0) + epsilon > 0 }) else {
            throw ModelError(
                .malformed, "a variance is negative", variable: I3DArchitecture.varianceName(unit))
        }
        let scale = variance.map { 1 / (Double($0) + epsilon).squareRoot() }
        var folded = filters.values
        folded.withUnsafeMutableBufferPointer { folded in
            for row in stride(from: 0, to: folded.count, by: cout) {
                for channel in 0..<cout {
                    folded[row + channel] = Float(Double(folded[row + channel]) * scale[channel])
                }
            }
        }
        let bias = (0..<cout).map { Float(Double(beta[$0]) - Double(mean[$0]) * scale[$0]) }
        return FoldedConvolution(
            name: unit.name, kernel: edge, inputChannels: cin, outputChannels: cout, filters: folded, bias: bias)
    }

    private func check(_ variable: ModelVariables.Variable, _ name: String) throws(ModelError) {
        guard variable.shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == variable.values.count
        else {
            throw ModelError(
                .wrongShape, "has shape \(variable.shape) and \(variable.values.count) values", variable: name)
        }
        guard variable.values.withUnsafeBufferPointer({ $0.allSatisfy(\.isFinite) }) else {
            throw ModelError(.malformed, "holds values that are not finite", variable: name)
        }
    }
}
