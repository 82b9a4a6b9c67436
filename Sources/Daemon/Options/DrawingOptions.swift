import ArgumentParser
import DaemonConfiguration
import Encode
import Pipeline

/// The appearance of the heat.
struct DrawingOptions: ParsableArguments {
    @Option(help: .annotation("colormap")) var colormap: Colormap?
    @Option(help: .annotation("opacity")) var opacity = DrawingRequest().opacity

    @Flag(help: "Draw the network's answer into the frame as well.")
    var burnLabels = false

    @Flag(
        help:
            "Draw a legend: the colours, the method, the explained class and its probability over time. It has the answer that --burn-labels draws."
    )
    var legend = false

    @Flag(help: "Leave out the line that marks the edge of the crop where the network does not see the whole frame.")
    var noOutline = false

    /// - Parameter sign: the sign of the heat that is drawn.
    func check(for sign: HeatSign, _ problems: inout RequestProblems) {
        let settings = AnnotationSettings(saliency: SaliencyRequest(sign: sign), drawing: request(for: sign))
        problems.hold(settings, to: AnnotationSettings.table)
    }

    func request(for sign: HeatSign) -> DrawingRequest {
        DrawingRequest(
            colormap: colormap ?? .standard(for: sign), opacity: opacity, burnsLabels: burnLabels,
            hasLegend: legend, outlinesCrop: !noOutline)
    }
}

extension Colormap: ExpressibleByArgument {}
