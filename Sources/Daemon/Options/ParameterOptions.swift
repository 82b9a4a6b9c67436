import ArgumentParser
import Engine
import Pipeline

/// Settings that one method or a few have.
struct ParameterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where grad-cam, hires-cam and guided-grad-cam look: Mixed_5c (the default), or an earlier endpoint such as Mixed_4f.",
            valueName: "endpoint"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp("What occlusion covers at once: frames, height and width (16,56,56).", valueName: "T,H,W"))
    var box: Occlusion.Box?

    @Option(help: ArgumentHelp("From one box of occlusion to the next (16,28,28).", valueName: "T,H,W"))
    var boxStride: Occlusion.Box?

    @Option(
        help: ArgumentHelp(
            "What occlusion covers with: mean (the default), black, blurred or first-frame.", valueName: "fill"))
    var fill: ClipBaseline?

    @Option(
        help: ArgumentHelp(
            "The method whose map xrai cuts into regions (integrated-gradients).", valueName: "method"))
    var attribution: SaliencyRequest.Method?

    @Option(
        help: ArgumentHelp(
            "How xrai chooses regions: one by one by what each adds (full, the default), or all at once (fast).",
            valueName: "how"))
    var regions: XRAI.Algorithm?

    @Option(
        help: ArgumentHelp(
            "How integrated-gradients weights the gradients on its path: trapezoid (the default; ends count half), or pair (the PAIR package's mean).",
            valueName: "rule"))
    var quadrature: PathQuadrature?

    @Option(
        help: ArgumentHelp(
            "The standard deviation of --smooth's noise, as a part of the clip's range (0.15).", valueName: "0…1"))
    var noiseSpread: Double?

    @Option(
        help: ArgumentHelp("The part of all samples that one move of guided-ig takes (0.25).", valueName: "0…1"))
    var fraction: Double?

    @Option(
        help: ArgumentHelp(
            "How far guided-ig's samples may be from the straight line, as a part of it (0.02).", valueName: "0…1"))
    var maxDistance: Double?

    @Option(
        help: ArgumentHelp(
            "The strongest blur of blur-ig in pixels (default: 50 of a short side of 224), of blur-ig-time in frames (half the window).",
            valueName: "sigma"))
    var maxSigma: Double?

    var parameters: MethodParameters {
        var parameters = MethodParameters()
        parameters.endpoint = endpoint
        parameters.box = box
        parameters.boxStride = boxStride
        parameters.fill = fill
        parameters.attribution = attribution
        parameters.regions = regions
        parameters.quadrature = quadrature
        parameters.noiseSpread = noiseSpread
        parameters.fraction = fraction
        parameters.maxDistance = maxDistance
        parameters.maxSigma = maxSigma
        return parameters
    }
}

extension Occlusion.Box: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}

extension XRAI.Algorithm: ExpressibleByArgument {}
extension PathQuadrature: ExpressibleByArgument {}
