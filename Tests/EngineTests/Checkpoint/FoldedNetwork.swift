import Testing

@testable import Engine

/// Expects two networks to compute the same function: batch-norm folded into filters `w / √(σ² + ε)` and bias
/// `β − μ / √(σ² + ε)`, compared in double precision.
///
/// Tolerance: if γ was folded, one network has float32 roundings of γ, σ² (amplified by `σ'² + ε` by at most `(σ'² + ε)
/// / σ'²`, near 1 here), γ w and γ μ: four of 2⁻²⁴ each, relative to the value; 2⁻²¹ leaves a factor of two. The bias
/// is a difference, so its bound is relative to the larger term.
func expectSameFunction(
    _ network: ModelVariables, _ reference: ModelVariables, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let tolerance = 0x1p-21
    let epsilon = Double(I3DArchitecture.batchNormEpsilon)
    for unit in I3DArchitecture.units {
        func values(_ variables: ModelVariables, _ name: String) throws -> [Double] {
            try #require(variables[name], sourceLocation: sourceLocation).values.map(Double.init)
        }
        func folded(_ variables: ModelVariables) throws -> (filter: [Double], bias: [Double], scale: [Double]) {
            let scale = try values(variables, I3DArchitecture.varianceName(unit)).map {
                1 / ($0 + epsilon).squareRoot()
            }
            let mean = try values(variables, I3DArchitecture.meanName(unit))
            let beta = try values(variables, I3DArchitecture.betaName(unit))
            let filter = try values(variables, I3DArchitecture.filterName(unit))
                .enumerated().map { $1 * scale[$0 % scale.count] }
            let shift = zip(mean, scale).map { $0 * $1 }
            return (filter, zip(beta, shift).map { $0 - $1 }, zip(beta, shift).map { max(abs($0), abs($1)) })
        }
        let (actual, expected) = (try folded(network), try folded(reference))
        #expect(
            network[I3DArchitecture.filterName(unit)]?.shape == reference[I3DArchitecture.filterName(unit)]?.shape,
            sourceLocation: sourceLocation)
        let filterError = zip(actual.filter, expected.filter).map { abs($0 - $1) - tolerance * abs($1) }.max() ?? 0
        #expect(filterError <= 0, "filter of \(unit.name)", sourceLocation: sourceLocation)
        let biasError =
            zip(zip(actual.bias, expected.bias), expected.scale)
            .map { abs($0.0 - $0.1) - tolerance * $1 }.max() ?? 0
        #expect(biasError <= 0, "bias of \(unit.name)", sourceLocation: sourceLocation)
    }
    for name in [I3DArchitecture.logitsFilterName, I3DArchitecture.logitsBiasName] {
        #expect(network[name] == reference[name], sourceLocation: sourceLocation)
    }
}
