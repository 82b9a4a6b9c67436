import ArgumentParser
import Encode
import Pipeline

/// How the heat looks.
struct DrawingOptions: ParsableArguments {
    @Option(help: "The heat's colours.")
    var colormap: Colormap = .turbo

    @Option(help: ArgumentHelp("How strongly the hottest pixels are covered, 0 to 1.", valueName: "0…1"))
    var opacity = 0.7

    @Flag(help: "Draw the network's answer into the picture as well.")
    var burnLabels = false

    func validate() throws {
        guard (0...1).contains(opacity) else { throw ValidationError("--opacity is 0 to 1, not \(opacity)") }
    }

    var request: DrawingRequest {
        DrawingRequest(colormap: colormap, opacity: opacity, burnsLabels: burnLabels)
    }
}

extension Colormap: ExpressibleByArgument {}
