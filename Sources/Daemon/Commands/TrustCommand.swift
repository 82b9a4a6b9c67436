import ArgumentParser
import Concurrency
import Engine
import Files
import FoundationEssentials
import Pipeline

/// `saliencyd trust`: measures whether the explanations of one window can be trusted.
struct TrustCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Measure whether the explanations of one window can be trusted, and why.",
        discussion: """
            Measures each method on the window: does the answer depend on the pixels that it marks, does its map change when the \
            network is randomised, does it depend on the class, is it stable under noise? Writes a report \
            (trust.html) and all figures (trust.json) into a folder, which appears when both are complete. A run that is \
            stopped keeps what it has measured beside the output (NAME.unfinished); the same command continues it.
            """)

    @Argument(help: "A video file, a folder of images, or an array file.")
    var input: String

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The folder to write.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Where the window begins in the video.", valueName: "seconds"))
    var start = 0.0

    @Option(
        help: ArgumentHelp(
            "The methods to judge, separated by commas; each takes 24 explanations, which share passes, and 38 forward passes.",
            valueName: "method,…"))
    var methods: MethodList = MethodList(TrustRequest.standardMethods)

    @Option(
        help: ArgumentHelp(
            "The class to explain: top1 (the network's answer), a class index, or a label.", valueName: "class"))
    var target = "top1"

    @Option(
        help: ArgumentHelp("Judge the methods averaged over this many noisy copies; 0 is off.", valueName: "copies"))
    var smooth = 0

    @Option(help: ArgumentHelp("Seeds noise, boxes and random networks.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup var curves: CurveOptions

    @Option(
        help: ArgumentHelp(
            "Boxes that are removed one at a time: more make the figures more precise.", valueName: "count"))
    var boxes = TrustRequest.standardBoxes

    @Flag(
        help:
            "Measure also what no verdict depends on: curves that rank the pixels of each frame, information curves, and networks whose first layers are randomised too."
    )
    var full = false

    @Option(
        help: ArgumentHelp(
            "Where the object is: an array [T, H, W] of the map's size, 0 outside.", valueName: "file.npy"))
    var mask: String?

    @Option(help: ArgumentHelp("How far from the mask the map's peak may lie and still hit it.", valueName: "pixels"))
    var tolerance = 15.0

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions

    @Flag(help: "Replace files that exist.")
    var force = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand(start.isFinite && start >= 0, "--start is 0 or more seconds, not \(start)")
        methods.check("--methods", &problems)
        let noise = SaliencyRequest(smoothSamples: smooth).settings
        for reason in methods.methods.lazy.compactMap({ $0.problem(of: .smooth, in: noise) }).prefix(1) {
            problems.demand(false, "--smooth \(reason)")
        }
        curves.check(&problems)
        let counts = TrustRequest.boxCounts
        problems.demand(
            counts.contains(boxes), "--boxes is \(counts.lowerBound) to \(counts.upperBound), not \(boxes)")
        problems.demand((0...4096).contains(tolerance), "--tolerance is 0 to 4096 pixels, not \(tolerance)")
        sampling.check(&problems)
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        problems.attempt { try InputCheck.run(input, sampling: sampling.request, manifest: manifest) }
        model.checkTargets([target], of: manifest, &problems)
        problems.attempt { try request.checkMask() }
        problems.attempt { try request.checkOutput() }
    }

    private var request: TrustRequest {
        TrustRequest(
            input: input, output: output, start: start, methods: methods.methods, mask: mask, tolerance: tolerance,
            steps: curves.curveSteps, boxes: boxes, randomOrders: curves.randomOrders, isFull: full,
            sampling: sampling.request,
            saliency: SaliencyRequest(smoothSamples: smooth, seed: seed, target: target), isReplacing: force)
    }

    func run() async throws {
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let request = request
        let loaded = try await LoadedModel.loadWithVariables(
            path: model.model, labels: model.labels, memory: engine.memory)
        let result: TrustResult
        do {
            result = try await StopSignals.cancelling { stop in
                try await TrustJob(
                    request: request, model: loaded.model, variables: loaded.variables, threads: engine.threads
                ).run(stop: stop) { reporter.show($0, isLast: $0.fraction >= 1) }
            }
        } catch {
            if !(error is FileError), FileName.isFolder(request.unfinishedFolder) {
                reporter.note("\(request.unfinishedFolder) keeps what was measured; the same command continues it.")
            }
            throw error
        }
        for warning in result.warnings { reporter.note("warning: \(warning)") }
        guard !progress.quiet else { return }
        print("Explained: " + PredictionText.line(result.target))
        for method in result.methods {
            print("\(method.name): \(method.verdict.level.rawValue)")
            for finding in method.verdict.findings { print("  \(finding.outcome.rawValue): \(finding.sentence)") }
        }
        print("Written to \(output)")
    }
}

/// A list of methods separated by commas.
struct MethodList: ExpressibleByArgument {
    /// The methods in the list that exist.
    let methods: [SaliencyRequest.Method]
    /// All names in the list.
    private let names: [String]

    init(_ methods: [SaliencyRequest.Method]) {
        self.methods = methods
        names = methods.map(\.rawValue)
    }

    init(argument: String) {
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        methods = names.compactMap(SaliencyRequest.Method.init(rawValue:))
    }

    /// Reports unknown and repeated names.
    func check(_ option: String, _ problems: inout RequestProblems) {
        for name in names where SaliencyRequest.Method(rawValue: name) == nil {
            problems.demand(false, "\(option): \(SaliencyRequest.Method.missing(name))")
        }
        for (place, method) in methods.enumerated() where methods[..<place].contains(method) {
            problems.demand(false, "\(option) names \(method.rawValue) twice")
        }
    }

    var defaultValueDescription: String { methods.map(\.rawValue).joined(separator: ",") }
}

extension SaliencyRequest.Method {
    /// The error message for an unknown method.
    static func missing(_ name: String) -> String {
        NearMisses.missing(name, kind: "method", in: allCases.map(\.rawValue))
    }
}

/// Formats a `TrustProgress` as one line.
extension TrustProgress: DisplayableProgress {
    private struct JSONFields: Encodable {
        var event: String
        var fraction: Double
        var activity: String
        var etaSeconds: Double?
        var forwardPasses: Int
        var backwardPasses: Int
    }

    func line(columns: Int) -> String {
        let remaining = remainingSeconds.flatMap { $0 > 0 ? "ETA \(ProgressFormatter.clockTime($0))" : nil }
        let parts = [ProgressFormatter.bar(fraction), remaining, activity]
        return String(parts.compactMap(\.self).joined(separator: "  ").prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            JSONFields(
                event: isLast ? "done" : "progress", fraction: ProgressFormatter.rounded(fraction), activity: activity,
                etaSeconds: remainingSeconds.map(ProgressFormatter.rounded), forwardPasses: passes.forward,
                backwardPasses: passes.backward))
    }
}
