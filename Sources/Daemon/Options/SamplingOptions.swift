import ArgumentParser
import Decode
import Pipeline

/// How the video is cut into what the network sees.
struct SamplingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Frames the network sees at once (default: the model's; 64 as published).", valueName: "frames"))
    var window: Int?

    @Option(
        help: ArgumentHelp(
            "Frames from one window to the next, 1 to the window (default: half the window).", valueName: "frames"))
    var stride: Int?

    @Option(
        help: ArgumentHelp(
            "Samples a second, or native for every frame as it comes (default: the model's; 25 as published).",
            valueName: "rate"))
    var fps: SamplingRequest.Rate?

    @Option(
        help: ArgumentHelp(
            "Length the frame's short side is resized to (default: the model's; 256 as published).",
            valueName: "pixels"))
    var shortSide: Int?

    @Option(
        help: """
            What the network sees of a frame: the centre (crop), all of it with bars (letterbox), or all of it without \
            (full; the network then runs on the whole resized frame).
            """)
    var fit: FramePreparation.Fit = .crop

    @Option(
        help: ArgumentHelp(
            "The video stream of a file with several, by its index as ffprobe shows it (default: one that moves, then the file's default, then the largest).",
            valueName: "index"))
    var stream: Int?

    @Option(
        help: ArgumentHelp(
            "What shows where frames are transparent: a name such as white, or #RRGGBB.", valueName: "colour"))
    var background: BackgroundColor = .black

    func check(_ problems: inout RequestProblems) {
        if let stream {
            problems.demand(SamplingRequest.streams.contains(stream), "--stream is 0 to 63, not \(stream)")
        }
        if let window { problems.demand((1...4096).contains(window), "--window is 1 to 4096 frames, not \(window)") }
        if let stride {
            let isFit = stride >= 1 && stride <= (window ?? 4096)
            problems.demand(isFit, "--stride is 1 to the window's length, not \(stride)")
        }
        if let shortSide {
            problems.demand(
                (32...4096).contains(shortSide), "--short-side is 32 to 4096 pixels, not \(shortSide)")
        }
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
