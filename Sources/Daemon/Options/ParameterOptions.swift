import ArgumentParser
import Engine

/// The settings of single methods. `MethodSetting` describes each of them; a test compares these options with it.
struct ParameterOptions: ParsableArguments {
    @Option(help: .of(.endpoint)) var endpoint: String?
    @Option(help: .of(.box)) var box: Occlusion.Box?
    @Option(help: .of(.boxStride)) var boxStride: Occlusion.Box?
    @Option(help: .of(.fill)) var fill: ClipBaseline?
    @Option(help: .of(.attribution)) var attribution: MethodDescriptor?
    @Option(help: .of(.regions)) var regions: XRAI.Algorithm?
    @Option(help: .of(.quadrature)) var quadrature: PathQuadrature?
    @Option(help: .of(.noiseSpread)) var noiseSpread: Double?
    @Option(help: .of(.fraction)) var fraction: Double?
    @Option(help: .of(.maxDistance)) var maxDistance: Double?
    @Option(help: .of(.maxSigma)) var maxSigma: Double?

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
