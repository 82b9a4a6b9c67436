import ArgumentParser
import DaemonConfiguration
import Encode
import Engine
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// `saliencyd compare`: shows methods side by side, with their cost and quality.
struct CompareCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show the heat of several methods side by side, with the cost and quality of each.",
        discussion: """
            Writes one video: the source, and beside it the source under each method's heat, titled, with the source's time \
            stamps and sound. A table shows the cost of each method (passes, seconds) and the quality of its maps (deletion, \
            insertion, infidelity, similarity to edges and to the other maps, masks); a JSON file beside the video has all figures.

            Ctrl-C finishes the current window and the file; a second Ctrl-C stops immediately and leaves no files.
            """)

    @Argument(help: "A video file, a folder of images, or an array file (.npy, uint8 [T, H, W, 3]).")
    var input: String

    @Option(
        help: ArgumentHelp(
            "The methods, in the order of the panes; a method's own settings follow it: gradient:smooth=20, integrated-gradients:steps=50:baseline=mean.",
            valueName: "method,…"))
    var methods = "guided-backprop,gradient,grad-cam"

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The video; its extension determines the container (default: clip.compare.mp4 beside clip.mp4).",
            valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model") var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            "The class that all methods explain: top1 (the network's answer, window by window), a class index, or a label; contrast:A,B or log-prob:A.",
            valueName: "class"))
    var target = "top1"

    @Option(
        help: ArgumentHelp(
            "Average methods that give every sample a share over this many noisy copies; 0 is off.", valueName: "copies"
        ))
    var smooth = 0

    @Option(help: ArgumentHelp("What is averaged over them: mean, squares or variance.", valueName: "what"))
    var noiseAverage: NoiseAverage = .squares

    @Option(help: ArgumentHelp("Seeds noise, boxes and random orders.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Gradients on the paths of methods that have one.", valueName: "count"))
    var steps: Int?

    @Option(help: ArgumentHelp("Where their paths begin.", valueName: "clip"))
    var baseline = SaliencyRequest().baseline

    @Option(
        help: ArgumentHelp(
            "What is shown: how much a pixel counts (absolute), or, where the method has a sign, also whether it speaks for the target or against it (signed).",
            valueName: "sign"))
    var sign: HeatSign = .absolute

    @Option(
        help: ArgumentHelp(
            "Windows that evidence is measured on, spread evenly; each takes 38 forward passes per method and 234 more; 0 leaves it out.",
            valueName: "count"))
    var evidenceWindows = 1

    @OptionGroup var curves: CurveOptions

    @Option(
        help: ArgumentHelp(
            "Where the object is: an array [frames, H, W], one mask per frame of the source, 0 outside.",
            valueName: "file.npy"))
    var masks: String?

    @Option(help: ArgumentHelp("How far from the mask a map's peak may lie and still hit it.", valueName: "pixels"))
    var tolerance = 15.0

    @OptionGroup(title: "Windows") var sampling: SamplingOptions

    @Option(
        help: ArgumentHelp(
            "Width of each pane (default: the source's, at least 240, all panes within 1920x1080).", valueName: "pixels"
        ))
    var paneWidth: Int?

    @Option(
        help: ArgumentHelp(
            "The heat's colours: turbo, inferno, viridis or jet, and of panes with a sign coolwarm or bwr; one of each kind may be given (default: the first of each).",
            valueName: "colormap"))
    var colormap: [Colormap] = []

    @Option(help: ArgumentHelp("How strongly the hottest pixels are covered, 0 to 1.", valueName: "0…1"))
    var opacity = DrawingRequest().opacity

    @Flag(
        help:
            "Draw a legend into each pane with heat: the colours, the method, the answer and its probability over time."
    )
    var legend = false

    @Flag(help: "Leave out the line that marks the edge of the crop where the network does not see the whole frame.")
    var noOutline = false

    @OptionGroup(title: "Encoding") var encoding: EncodingOptions
    @OptionGroup(title: "Encoding") var container: ContainerOptions
    @OptionGroup(title: "Sound") var sound: AudioOptions

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Flag(help: "Print the JSON file's content on one line instead of a table.")
    var json = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        let unknown = ComparedMethods.unknown(methods)
        for name in unknown { problems.demand(false, "--methods: \(SaliencyRequest.Method.missing(name))") }
        if unknown.isEmpty { problems.attempt { _ = try drawing(for: requests) } }
        problems.demand(
            (0...1_000_000).contains(evidenceWindows), "--evidence-windows is 0 to 1000000, not \(evidenceWindows)")
        curves.check(&problems)
        problems.demand((0...4096).contains(tolerance), "--tolerance is 0 to 4096 pixels, not \(tolerance)")
        problems.demand(
            masks == nil || evidenceWindows > 0,
            "--masks is for evidence, and --evidence-windows 0 leaves it out")
        if let paneWidth {
            let range = PaneLayout.paneWidths
            problems.demand(
                range.contains(paneWidth),
                "--pane-width is \(range.lowerBound) to \(range.upperBound), not \(paneWidth)")
        }
        problems.hold(
            AnnotationSettings(drawing: DrawingRequest(opacity: opacity)), to: AnnotationSettings.table)
        sampling.check(&problems)
        encoding.check(for: output, &problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        problems.attempt { try InputCheck.run(input, sampling: sampling.request, manifest: manifest) }
        model.checkTargets([target], of: manifest, &problems)
        // Problems of the methods have been reported by `checkOptions`.
        let request = (try? request) ?? request(of: [])
        problems.attempt { try request.checkMasks() }
        problems.attempt { try request.checkOutput() }
    }

    private var request: CompareRequest {
        get throws { request(of: try requests) }
    }

    private func request(of methods: [SaliencyRequest]) -> CompareRequest {
        CompareRequest(
            input: input, output: output ?? OutputLocation.beside(input, "compare"), methods: methods,
            sampling: sampling.request, drawing: (try? drawing(for: methods)) ?? CompareDrawing(opacity: opacity),
            video: container.settings(encoding), audio: sound.audio, paneWidth: paneWidth,
            evidenceWindows: evidenceWindows,
            curveSteps: curves.curveSteps, randomOrders: curves.randomOrders,
            masks: masks, tolerance: tolerance, isReplacing: force)
    }

    private var requests: [SaliencyRequest] {
        get throws {
            try ComparedMethods(
                methods,
                common: ComparedMethods.Common(
                    smooth: smooth, noiseAverage: noiseAverage, seed: seed, steps: steps, baseline: baseline,
                    target: target, sign: sign)
            ).requests
        }
    }

    /// - Throws: `ValidationError` for a colormap that no pane would use.
    private func drawing(for methods: [SaliencyRequest]) throws(ValidationError) -> CompareDrawing {
        var drawing = CompareDrawing(opacity: opacity, outlinesCrop: !noOutline, hasLegend: legend)
        var given: Set<HeatSign> = []
        for map in colormap {
            guard given.insert(map.sign).inserted else {
                throw ValidationError("--colormap names two for \(map.sign.rawValue) heat")
            }
            guard methods.contains(where: { $0.sign == map.sign }) else {
                throw ValidationError("--colormap \(map.rawValue) is for \(map.sign.rawValue) heat, which no pane has")
            }
            if map.sign == .signed { drawing.signedColormap = map } else { drawing.colormap = map }
        }
        return drawing
    }

    func run() async throws {
        // A closed pipe on standard error must not end the job.
        signal(SIGPIPE, SIG_IGN)
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let request = try request
        try request.check()
        let loaded = try await LoadedModel.load(path: model.model, labels: model.labels, memory: engine.memory)
        let outcome = try await StopSignals.finishing(reporter) { stop in
            try await CompareJob(request: request, model: loaded, threads: engine.threads).run(stop: stop) {
                reporter.show($0)
            }
        }
        reporter.show(outcome.progress, isLast: true)
        for warning in outcome.result.warnings { reporter.note("warning: \(warning)") }
        if json {
            print(JSONLine.text(outcome.result))
        } else if !progress.quiet {
            print(CompareTable.text(outcome.result))
        }
        reporter.note(Self.summary(of: outcome))
    }

    private static func summary(of outcome: CompareOutcome) -> String {
        let result = outcome.result
        var text =
            "\(outcome.output): \(result.source.frames.counted("frame")), \(result.windows.count.counted("window"))"
        if result.interrupted { text += ", ended early" }
        return text + ". Details: \(outcome.sidecarPath)"
    }
}
