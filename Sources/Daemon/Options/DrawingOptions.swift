import ArgumentParser
import Encode
import Pipeline

/// How the heat looks.
struct DrawingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The heat's colours: turbo, inferno, viridis or jet, and for --sign signed coolwarm or bwr (default: the first of each).",
            valueName: "colormap"))
    var colormap: Colormap?

    @Option(help: ArgumentHelp("How strongly the hottest pixels are covered, 0 to 1.", valueName: "0…1"))
    var opacity = 0.7

    @Flag(help: "Draw the network's answer into the frame as well.")
    var burnLabels = false

    @Flag(
        help:
            "Draw a legend: the colours, the method, the explained class and its probability over time. It has the answer that --burn-labels draws."
    )
    var legend = false

    @Flag(help: "Leave out the line that marks the edge of the crop where the network does not see the whole frame.")
    var noOutline = false

    /// - Parameter sign: of the heat that is drawn.
    func check(for sign: HeatSign, _ problems: inout RequestProblems) {
        problems.demand((0...1).contains(opacity), "--opacity is 0 to 1, not \(opacity)")
        if let problem = colormap?.problem(for: sign) { problems.demand(false, "--colormap \(problem)") }
    }

    func request(for sign: HeatSign) -> DrawingRequest {
        DrawingRequest(
            colormap: colormap ?? .standard(for: sign), opacity: opacity, burnsLabels: burnLabels,
            hasLegend: legend, outlinesCrop: !noOutline)
    }
}

extension Colormap: ExpressibleByArgument {}
