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

    @Flag(help: "Draw the network's answer into the picture as well.")
    var burnLabels = false

    @Flag(
        help:
            "Draw a legend: the colours, the method, the explained class and its probability over time. It has the answer that --burn-labels draws."
    )
    var legend = false

    @Flag(help: "Leave out the line that marks the edge of the crop where the network does not see the whole picture.")
    var noOutline = false

    func validate() throws {
        guard (0...1).contains(opacity) else { throw ValidationError("--opacity is 0 to 1, not \(opacity)") }
    }

    /// - Throws: `ValidationError` for a colormap that is not for heat of this sign.
    func checkColormap(for sign: HeatSign) throws {
        if let problem = colormap?.problem(for: sign) { throw ValidationError("--colormap \(problem)") }
    }

    func request(for sign: HeatSign) -> DrawingRequest {
        DrawingRequest(
            colormap: colormap ?? .standard(for: sign), opacity: opacity, burnsLabels: burnLabels,
            hasLegend: legend, outlinesCrop: !noOutline)
    }
}

extension Colormap: ExpressibleByArgument {}
