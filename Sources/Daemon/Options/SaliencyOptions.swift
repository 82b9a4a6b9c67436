import ArgumentParser
import Encode
import Engine
import Pipeline

/// The target and the method of explanations.
struct SaliencyOptions: ParsableArguments {
    @Option(help: .annotation("method")) var method = SaliencyRequest().method

    @Option(help: .of(.smooth)) var smooth = MethodSettings().smoothSamples
    @Option(help: .of(.noiseAverage)) var noiseAverage = MethodSettings().noiseAverage
    @Option(help: .of(.seed)) var seed = MethodSettings().seed
    @Option(help: .of(.steps)) var steps: Int?
    @Option(help: .of(.baseline)) var baseline = MethodSettings().baseline

    /// Several targets are allowed for `explain`.
    @Option(help: .annotation("target")) var target: [String] = []

    @Option(help: .annotation("sign")) var sign = SaliencyRequest().sign

    @OptionGroup var parameters: ParameterOptions

    /// - Parameter most: the maximum number of targets for the command.
    func check(maximumTargets most: Int = 1, _ problems: inout RequestProblems) {
        for problem in request.problems { problems.demand(false, "--\(problem.setting) \(problem.reason)") }
        if most == 1 {
            problems.demand(
                target.count < 2, "a video explains one --target, not \(target.count); explain takes several")
        } else {
            problems.demand(
                target.count <= most, "\(target.count) targets are asked for; \(most) are the most")
        }
    }

    var request: SaliencyRequest {
        SaliencyRequest(
            method: method, smoothSamples: smooth, noiseAverage: noiseAverage, seed: seed, steps: steps,
            baseline: baseline, target: targets[0], sign: sign, parameters: parameters.parameters)
    }

    /// All targets; at least one.
    var targets: [String] { target.isEmpty ? [SaliencyRequest().target] : target }
}

extension MethodDescriptor: ExpressibleByArgument {
    /// The description of each name in the help.
    public static var allValueDescriptions: [String: String] {
        Dictionary(allCases.map { ($0.name, "\($0.title) (\($0.source))") }, uniquingKeysWith: { $1 })
    }
}
extension NoiseAverage: ExpressibleByArgument {}
extension ClipBaseline: ExpressibleByArgument {}
extension HeatSign: ExpressibleByArgument {}
