import ArgumentParser
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

    @Option(help: ArgumentHelp("Seeds SmoothGrad's noise: the same seed gives the same picture.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The class to explain: top1 (the network's answer, window by window), a class index, or a label.",
            valueName: "class"))
    var target = "top1"

    func validate() throws {
        guard (0...1000).contains(smooth) else { throw ValidationError("--smooth is 0 to 1000, not \(smooth)") }
    }

    var request: SaliencyRequest {
        SaliencyRequest(method: method, smoothSamples: smooth, seed: seed, target: target)
    }
}

extension SaliencyRequest.Method: ExpressibleByArgument {}
