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

    func validate() throws {
        guard (0...1000).contains(smooth) else { throw ValidationError("--smooth is 0 to 1000, not \(smooth)") }
        if let steps {
            let range = SaliencyRequest.stepsRange
            guard range.contains(steps) else {
                throw ValidationError("--steps is \(range.lowerBound) to \(range.upperBound), not \(steps)")
            }
        }
        if let problem = request.problem { throw ValidationError("--\(problem.setting) \(problem.reason)") }
    }

    var request: SaliencyRequest {
        SaliencyRequest(
            method: method, smoothSamples: smooth, noiseAverage: noiseAverage, seed: seed, steps: steps,
            baseline: baseline, target: targets[0], sign: sign, parameters: parameters.parameters)
    }

    /// All targets, at least one.
    var targets: [String] { target.isEmpty ? ["top1"] : target }

    /// - Throws: `ValidationError` for more than one target.
    func checkOneTarget() throws {
        guard target.count < 2 else {
            throw ValidationError("a video explains one --target, not \(target.count); explain takes several")
        }
    }
}

extension SaliencyRequest.Method: ExpressibleByArgument {}
extension NoiseAverage: ExpressibleByArgument {}
extension ClipBaseline: ExpressibleByArgument {}
extension HeatSign: ExpressibleByArgument {}
