import ArgumentParser
import Encode
import Engine
import Pipeline

/// What is explained, and how.
struct SaliencyOptions: ParsableArguments {
    @Option(help: "How saliency is computed.")
    var method: SaliencyRequest.Method = .guidedBackprop

    @Option(help: .of(.smooth)) var smooth = MethodSettings().smoothSamples
    @Option(help: .of(.noiseAverage)) var noiseAverage = MethodSettings().noiseAverage
    @Option(help: .of(.seed)) var seed = MethodSettings().seed
    @Option(help: .of(.steps)) var steps: Int?
    @Option(help: .of(.baseline)) var baseline = MethodSettings().baseline

    @Option(
        help: ArgumentHelp(
            "The class to explain: top1 (the network's answer, window by window), a class index, or a label; contrast:A,B for A's logit less B's, log-prob:A for the logarithm of A's probability. explain takes several, each with its own --target (default: top1).",
            valueName: "class"))
    var target: [String] = []

    @Option(
        help: ArgumentHelp(
            "What is shown: how much a pixel counts (absolute), or also whether it speaks for the target or against it (signed), where the method says so.",
            valueName: "sign"))
    var sign: HeatSign = .absolute

    @OptionGroup var parameters: ParameterOptions

    /// - Parameter most: targets that the command explains.
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

    /// All targets, at least one.
    var targets: [String] { target.isEmpty ? ["top1"] : target }
}

extension ArgumentHelp {
    /// What the table says of a setting.
    static func of(_ setting: MethodSetting) -> ArgumentHelp {
        ArgumentHelp(setting.help, valueName: setting.valueName)
    }
}

extension MethodDescriptor: ExpressibleByArgument {
    /// What stands beside each name in help.
    public static var allValueDescriptions: [String: String] {
        Dictionary(allCases.map { ($0.name, "\($0.title) (\($0.source))") }, uniquingKeysWith: { $1 })
    }
}
extension NoiseAverage: ExpressibleByArgument {}
extension ClipBaseline: ExpressibleByArgument {}
extension HeatSign: ExpressibleByArgument {}
