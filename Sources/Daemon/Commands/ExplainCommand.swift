import ArgumentParser
import Concurrency
import Engine
import Files
import FoundationEssentials
import Pipeline

/// `saliencyd explain`: explains one window in images and numbers.
struct ExplainCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain one window: its frames, its saliency maps and the network's complete answer.",
        discussion: """
            Writes frames (orig_0000.jpg …), their saliency (maps_0000.jpg …), a contact sheet (montage.png) and all numbers \
            (result.json) into a folder, which appears when it is complete. Several --target options make maps and \
            contact sheets of each (maps_NAME_0000.jpg …, montage_NAME.png) from shared forward passes. An array file (.npy, [T, H, W, 3] uint8, or [T, H, W, 2] for optical flow) is used unchanged: no resizing, no cropping.
            """)

    @Argument(help: "A video file, a folder of images, or an array file.")
    var input: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Where the window begins in the video.", valueName: "seconds"))
    var start = 0.0

    @Option(help: ArgumentHelp("Also write the raw map, Σ|gradient|, as float32 [T, H, W].", valueName: "file.npy"))
    var raw: String?

    @Option(
        help: ArgumentHelp(
            "Also write the shares with their signs, summed over channels, as float32 [T, H, W].", valueName: "file.npy"
        ))
    var signed: String?

    @Option(
        help: ArgumentHelp(
            "Also write the clip as the network saw it, as uint8 [T, H, W, C].", valueName: "file.npy"))
    var clip: String?

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Saliency") var saliency: SaliencyOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions

    @Flag(help: "Replace files that exist.")
    var force = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand(start.isFinite && start >= 0, "--start is 0 or more seconds, not \(start)")
        problems.demand(
            signed == nil || saliency.request.hasSigns,
            "--signed is for methods with signs: gradients, paths and occlusion, and of noise the mean alone")
        saliency.check(maximumTargets: ExplainRequest.maximumTargets, &problems)
        sampling.check(&problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        problems.attempt { try InputCheck.run(input, sampling: sampling.request, manifest: manifest) }
        model.checkTargets(saliency.targets, of: manifest, &problems)
        for check in request.outputChecks { problems.attempt(check) }
    }

    private var request: ExplainRequest {
        ExplainRequest(
            input: input, output: output, start: start, rawMap: raw, signedMap: signed, clip: clip,
            sampling: sampling.request, saliency: saliency.request, moreTargets: Array(saliency.targets.dropFirst()),
            isReplacing: force)
    }

    func run() async throws {
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let request = request
        let loaded = try await LoadedModel.load(
            path: model.model, labels: model.labels, memory: engine.memory)
        let stop = StopRequest()
        let result = try await StopSignals.passing(to: stop) {
            stop.abort.cancel()
        } job: {
            try await ExplainJob(request: request, model: loaded, threads: engine.threads).run(stop: stop) {
                reporter.show($0, isLast: $0.fraction >= 1)
            }
        }
        for warning in result.warnings { reporter.note("warning: \(warning)") }
        if !progress.quiet { summarise(result) }
    }

    private func summarise(_ result: ExplainResult) {
        for target in result.targets ?? [] {
            explained(target.target, less: target.contrast, target.completeness, as: target.name)
        }
        if result.targets == nil { explained(result.target, less: result.contrast, result.completeness, as: nil) }
        print(
            "Cost: \(result.cost.multiple) forward passes' work (\(result.cost.forwardPasses) forward, "
                + "\(result.cost.backwardPasses) backward)")
        print("The network's best classes:")
        for score in result.topk.prefix(5) { print("  " + PredictionText.line(score)) }
        print("Written to \(output)")
    }

    private func explained(
        _ target: Explanation.Prediction, less contrast: Explanation.Prediction?, _ completeness: Completeness?,
        as name: String?
    ) {
        print("Explained\(name.map { " as \($0)" } ?? ""): " + PredictionText.line(target))
        if let contrast { print("Less: " + PredictionText.line(contrast)) }
        guard let completeness else { return }
        print(
            String(
                printf: "Shares: add up to %.4g of %.4g; the gap is %.2g", completeness.attributed,
                completeness.difference, completeness.gap))
    }
}

/// Formats an `ExplainProgress` as one line.
extension ExplainProgress: DisplayableProgress {
    private struct JSONFields: Encodable {
        var event: String
        var fraction: Double
        var etaSeconds: Double?
        var elapsedSeconds: Double
    }

    func line(columns: Int) -> String {
        let remaining = remainingSeconds.map { "  ETA \(ProgressFormatter.clockTime($0))" } ?? ""
        return String((ProgressFormatter.bar(fraction) + remaining).prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            JSONFields(
                event: isLast ? "done" : "progress", fraction: ProgressFormatter.rounded(fraction),
                etaSeconds: remainingSeconds.map(ProgressFormatter.rounded),
                elapsedSeconds: ProgressFormatter.rounded(elapsedSeconds)))
    }
}
