import ArgumentParser
import Concurrency
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// `saliencyd evaluate`: measures a network's accuracy on a list of clips.
struct EvaluateCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure the network's accuracy on a list of clips.",
        discussion: """
            Each line of the list is a clip's path, a space or a tab, and its class as an index or a label; the lists of Kinetics, \
            UCF-101 and HMDB-51 are read as they are published. Results are written to \
            a folder as they are computed, and an interrupted run continues when it is started again: clips.jsonl and clips.csv (each \
            clip), evaluation.json (top-1, top-5, each class), confusion.csv. If clips cannot be read the exit status is \
            65, and all others are evaluated.
            """)

    @Argument(help: "A text file with a clip and its class on each line, or HMDB-51's folder of split files.")
    var list: String

    @Option(help: ArgumentHelp("The split of HMDB-51, 1 to 3, if the list is its folder.", valueName: "number"))
    var split = 1

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("The folder for results.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Where the list's relative paths begin (default: the list's folder).", valueName: "dir"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Measure these methods on each clip's first window, separated by commas; each takes an explanation and 51 forward passes, and every clip 209 more.",
            valueName: "method,…"))
    var methods: MethodList?

    @OptionGroup var curves: CurveOptions

    @Option(help: ArgumentHelp("Seeds the random orders and the blurred clips.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand((1...3).contains(split), "--split is 1 to 3, not \(split)")
        curves.check(&problems)
        methods?.check("--methods", &problems)
        sampling.check(&problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        if let manifest = model.check(&problems) {
            problems.attempt { _ = try ClipList(path: list, root: root, split: split, manifest: manifest) }
        } else {
            problems.attempt { try ClipList.checkReadable(list) }
        }
        problems.attempt { try EvaluateJob.checkOutput(output) }
    }

    func run() async throws {
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let loaded = try await LoadedModel.load(path: model.model, labels: model.labels, memory: engine.memory)
        let clips = try ClipList(path: list, root: root, split: split, manifest: loaded.manifest)
        let stop = StopRequest()
        let result = try await StopSignals.passing(to: stop) {
        } job: {
            try await EvaluateJob(
                clips: clips, list: list, output: output, sampling: sampling.request,
                evidence: methods.map {
                    EvidenceRequest(
                        methods: $0.methods, steps: curves.curveSteps, randomOrders: curves.randomOrders, seed: seed)
                }, model: loaded, threads: engine.threads
            ).run(stop: stop) { done, total in
                reporter.show(EvaluationProgress(done: done, total: total), isLast: done == total)
            }
        }
        for clip in result.unreadable { reporter.note("unreadable: \(clip.error ?? clip.clip)") }
        if !progress.quiet { summary(result) }
        guard result.unreadable.isEmpty else {
            throw CommandFailure(
                .inputData, "\(result.unreadable.count) of \(clips.clips.count.counted("clip")) cannot be read")
        }
    }

    private func summary(_ result: EvaluationResult) {
        func percent(_ value: Double?) -> String { value.map { String(printf: "%.2f %%", $0 * 100) } ?? "–" }
        print(
            "\(result.clips.counted("clip")): top-1 \(percent(result.top1)), top-5 \(percent(result.top5)), "
                + "mean of classes \(percent(result.meanClassTop1))")
        for method in result.evidence?.methods ?? [] {
            func text(_ value: EvidenceSummary.Spread) -> String {
                String(printf: "%.3f ± %.3f", value.mean, value.deviation)
            }
            var line = "\(method.name): deletion \(text(method.deletion)), insertion \(text(method.insertion))"
            if method.name != "random" {
                line +=
                    ", above random order \(text(method.gain))" + String(printf: ", %.2f s a clip", method.seconds.mean)
            }
            print(line)
        }
        print("Written to \(output)")
    }
}

/// The number of evaluated clips.
struct EvaluationProgress: DisplayableProgress {
    var done: Int
    var total: Int

    private struct JSONFields: Encodable {
        var event: String
        var clips: Int
        var totalClips: Int
    }

    func line(columns: Int) -> String {
        String(
            "\(ProgressFormatter.bar(Double(done) / Double(max(total, 1))))  \(done) of \(total.counted("clip"))"
                .prefix(
                    max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(JSONFields(event: isLast ? "done" : "progress", clips: done, totalClips: total))
    }
}
