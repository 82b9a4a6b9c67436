import ArgumentParser
import Concurrency
import Files
import LinearAlgebra
import Pipeline

/// `saliencyd fit`: fits a network's head to a user's own classes.
struct FitCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fit the network to your own classes, from labelled clips.",
        discussion: """
            The clips are in a folder with one folder for each class, or in a list: a clip's path, a space or a tab, and its class on \
            each line; the lists of Kinetics, UCF-101 and HMDB-51 are read as they are published. The network's features of \
            each clip are computed once and kept; then a new last layer is fitted to them, and tested by cross-validation. \
            The result is a model for --model of every command, and a record of the fit beside it (MODEL.fit.json). A run that \
            was stopped continues when it is started again. If clips cannot be read they are left out, and the exit status is 65.
            """)

    @Argument(help: "A folder with a folder of clips for each class, or a list.")
    var list: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The .safetensors file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Where the list's relative paths begin (default: the list's folder).", valueName: "dir"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The classes, one a line, in class order (default: those in the list, in alphabetical order).",
            valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("The split of HMDB-51, 1 to 3, if the list is its folder.", valueName: "number"))
    var split = 1

    @Option(
        help: ArgumentHelp(
            "The folder for the features of clips (default: MODEL.features beside the output).", valueName: "dir"))
    var cache: String?

    @Flag(help: "Store float16 instead of float32: half the size, every value rounded to 11 bits.")
    var half = false

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Parts of the cross-validation, 2 to 20; fewer if a class has fewer clips.", valueName: "count"))
    var folds = 5

    @Option(
        help: ArgumentHelp(
            "Strength of the regularisation, above 0 (default: the best of 0.00001 to 10 by cross-validation).",
            valueName: "number"))
    var l2: Double?

    @Option(help: ArgumentHelp("Decides which clips are in which part.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup(title: "Model") var network: NetworkOption
    @OptionGroup(title: "Windows") var sampling: SamplingOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    var request: FitRequest {
        FitRequest(
            list: list, output: output, cache: cache, sampling: sampling.request, folds: folds, strength: l2,
            seed: seed, isHalf: half, isReplacing: force)
    }

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand((1...3).contains(split), "--split is 1 to 3, not \(split)")
        problems.demand(FitRequest.allowedFolds.contains(folds), "--folds is 2 to 20, not \(folds)")
        if let l2 {
            problems.demand(FitRequest.allowedStrengths.contains(l2), "--l2 is 1e-9 to 1e9, not \(l2)")
        }
        sampling.check(&problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let base = problems.attempt { try ModelCatalogue().open(network.model) }
        problems.attempt { try LabelledClips(path: list, root: root, split: split, labelFile: labels) }
        problems.attempt { try request.checkOutputs(base: base?.files ?? []) }
        problems.attempt { try OpenBLAS() }
    }

    func run() async throws {
        let reporter = ProgressReporter(progress)
        if let choice = network.choice { reporter.note(choice) }
        let loaded = try await LoadedModel.load(path: network.model, memory: engine.memory)
        let clips = try await DedicatedThread.run(name: "list", onCancel: {}) { [self] in
            try LabelledClips(path: list, root: root, split: split, labelFile: labels)
        }
        let result = try await fit(clips, loaded, reporter)
        reporter.show(FitCompletion(result), isLast: true)
        for clip in result.unreadable { reporter.note("unreadable: \(clip.error)") }
        if !result.optimum.isConverged {
            reporter.note("warning: the fit ended before its optimum; a larger --l2 needs fewer steps")
        }
        if !progress.quiet {
            print(FitTable.text(result))
            print("Written to \(output) and \(request.record)")
        }
        guard result.unreadable.isEmpty else {
            throw CommandFailure(
                .inputData, "\(result.unreadable.count) of \(clips.clips.count.counted("clip")) cannot be read")
        }
    }

    private func fit(
        _ clips: LabelledClips, _ model: LoadedModel, _ reporter: ProgressReporter
    ) async throws -> FitResult {
        let stop = StopRequest()
        do {
            return try await StopSignals.passing(to: stop) {
                reporter.note("Stopping after the current clip; press Ctrl-C again to stop at once.")
            } job: {
                try await FitJob(request: request, clips: clips, model: model, threads: engine.threads)
                    .run(stop: stop) { reporter.show($0) }
            }
        } catch  where CommandFailure(error)?.status == .interrupted {
            throw CommandFailure(
                .interrupted,
                "interrupted; no model was written. The same command continues with the features in \(request.cache)")
        }
    }
}
