import ArgumentParser
import Encode
import Engine
import Pipeline

/// What is explained, and how.
struct SaliencyOptions: ParsableArguments {
    @Option(help: "How saliency is computed.")
    var method: SaliencyRequest.Method = .guidedBackprop

    @Option(
        help: ArgumentHelp(
            "Average over this many noisy copies of each window (SmoothGrad); each takes as long as the window; 0 is off.",
            valueName: "copies"))
    var smooth = 0

    @Option(
        help: ArgumentHelp(
            "What is averaged over the noisy copies: mean (SmoothGrad), squares (SmoothGrad²) or variance (VarGrad).",
            valueName: "what"))
    var noiseAverage: NoiseAverage = .squares

    @Option(help: ArgumentHelp("Seeds SmoothGrad's noise: the same seed gives the same picture.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Gradients on the path of integrated-gradients and xrai (25), guided-ig (200), blur-ig and blur-ig-time (100); each takes as long as the window.",
            valueName: "count"))
    var steps: Int?

    @Option(
        help: ArgumentHelp("Where the paths of integrated-gradients, guided-ig and xrai begin.", valueName: "clip"))
    var baseline: ClipBaseline = .black

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
    func check(mostTargets most: Int = 1, _ problems: inout RequestProblems) {
        problems.demand((0...1000).contains(smooth), "--smooth is 0 to 1000, not \(smooth)")
        if let steps {
            let range = SaliencyRequest.stepsRange
            problems.demand(
                range.contains(steps), "--steps is \(range.lowerBound) to \(range.upperBound), not \(steps)")
        }
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

extension SaliencyRequest.Method: ExpressibleByArgument {}
extension NoiseAverage: ExpressibleByArgument {}
extension ClipBaseline: ExpressibleByArgument {}
extension HeatSign: ExpressibleByArgument {}
