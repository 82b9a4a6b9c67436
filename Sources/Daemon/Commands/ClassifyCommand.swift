import ArgumentParser
import Concurrency
import Engine
import Files
import FoundationEssentials
import Pipeline

/// `saliencyd classify`: prints the network's answers only.
struct ClassifyCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Print the network's best classes for each window and for the whole video.",
        discussion: """
            The whole video's logits are the mean of its windows'. With --flow-model and --flow the two networks' logits are \
            added, as published for two-stream I3D; flow is a folder with x/ and y/ folders of grey images, or an array file \
            [T, H, W, 2]. A network of two input channels may also be given alone, with flow as its INPUT.
            """)

    @Argument(help: "Videos, folders of images, or array files.")
    var input: [String]

    @Option(help: ArgumentHelp("The second network, for optical flow.", valueName: "path"))
    var flowModel: String?

    @Option(help: ArgumentHelp("The optical flow of the (one) input.", valueName: "path"))
    var flow: String?

    @Option(help: ArgumentHelp("How many classes to print.", valueName: "count"))
    var top = 5

    @Flag(help: "One JSON object per line: windows, then the whole video.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand((1...1000).contains(top), "--top is 1 to 1000, not \(top)")
        problems.demand((flowModel == nil) == (flow == nil), "--flow-model and --flow go together")
        problems.demand(
            flow == nil || input.count == 1, "--flow belongs to one input, and there are \(input.count)")
        sampling.check(&problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        for path in input {
            problems.attempt { try InputCheck.run(path, sampling: sampling.request, manifest: manifest) }
        }
        guard let flowModel else { return }
        let flowManifest = ModelOptions.check(flowModel, &problems)
        if let flow {
            problems.attempt { try InputCheck.run(flow, sampling: sampling.request, manifest: flowManifest) }
        }
    }

    func run() async throws {
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let rgb = try await LoadedModel.load(
            path: model.model, labels: model.labels, memory: engine.memory)
        let flowNetwork: LoadedModel? =
            if let flowModel {
                try await LoadedModel.load(path: flowModel, labels: model.labels, memory: engine.memory)
            } else { nil }
        let stop = StopRequest()
        for path in input {
            let request = ClassifyRequest(input: path, flow: flow, sampling: sampling.request, top: top)
            let result = try await StopSignals.passing(to: stop) {
                stop.abort.cancel()
            } job: {
                try await ClassifyJob(request: request, model: rgb, flowModel: flowNetwork, threads: engine.threads)
                    .run(stop: stop)
            }
            for warning in result.warnings { reporter.note("warning: \(warning)") }
            if json { printJSON(result) } else { printText(result) }
        }
    }

    private func printText(_ result: ClassifyResult) {
        print(result.input)
        for window in result.windows {
            print(String(printf: "  %8.2f – %.2f s", window.start, window.end))
            for score in window.top { print("      " + PredictionText.line(score)) }
        }
        if result.windows.count > 1 { print("  " + FoundPrediction.text(result.found)) }
        print("  whole video")
        for score in result.top { print("      " + PredictionText.line(score)) }
    }

    private func printJSON(_ result: ClassifyResult) {
        for window in result.windows { print(JSONLine.text(WindowRecord(input: result.input, window: window))) }
        print(JSONLine.text(VideoRecord(input: result.input, top: result.top, warnings: result.warnings)))
    }

    private struct WindowRecord: Encodable {
        var input: String
        var window: ClassifyResult.Window
    }

    private struct VideoRecord: Encodable {
        var input: String
        var top: [Explanation.Prediction]
        var warnings: [String]
    }
}
