import ArgumentParser
import DaemonConfiguration
import Decode
import Pipeline

/// How a video is cut into windows for the network.
struct SamplingOptions: ParsableArguments {
    @Option(help: .annotation("window")) var window: Int?
    @Option(help: .annotation("stride")) var stride: Int?
    @Option(help: .annotation("fps")) var fps: SamplingRequest.Rate?
    @Option(help: .annotation("short-side")) var shortSide: Int?
    @Option(help: .annotation("fit")) var fit = SamplingRequest().fit
    @Option(help: .annotation("stream")) var stream: Int?
    @Option(help: .annotation("background")) var background = SamplingRequest().background

    func check(_ problems: inout RequestProblems) {
        problems.hold(AnnotationSettings(sampling: request), to: AnnotationSettings.tableOfFiles)
    }

    var request: SamplingRequest {
        SamplingRequest(
            window: window, stride: stride, rate: fps ?? .model, shortSide: shortSide, fit: fit, stream: stream,
            background: background)
    }
}

extension FramePreparation.Fit: ExpressibleByArgument {}

extension BackgroundColor: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension SamplingRequest.Rate: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
