import ArgumentParser
import Encode
import Engine
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// `saliencyd annotate`: draws the explanation over a video.
struct AnnotateCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Write a copy of a video with the explanation of the network's answers drawn over it.",
        discussion: """
            The output has the input's size, time stamps, frame count, duration and sound, and the network's answers as a \
            subtitle track. Beside it, clip.saliency.vtt has the answers as captions for browsers, and clip.saliency.json has \
            the results of each window.

            Ctrl-C finishes the current window and the file; a second Ctrl-C stops immediately and leaves no files.
            """)

    @Argument(help: "A video file, a folder of images, or an array file (.npy, uint8 [T, H, W, 3]).")
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The annotated video; its extension determines the container (default: clip.saliency.mp4 beside clip.mp4).",
            valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Saliency") var saliency: SaliencyOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions
    @OptionGroup(title: "Drawing") var drawing: DrawingOptions
    @OptionGroup(title: "Encoding") var encoding: EncodingOptions
    @OptionGroup(title: "Encoding") var container: ContainerOptions
    @OptionGroup(title: "Sound") var sound: AudioOptions

    @Flag(help: "Measure whether the explanation of the window with the most certain answer can be trusted.")
    var trust = false

    @Option(
        help: ArgumentHelp(
            "Number of windows to measure, 1 to 8 (default: 1); each costs 14 explanations and 231 forward passes.",
            valueName: "count"))
    var trustWindows: Int?

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        saliency.check(&problems)
        sampling.check(&problems)
        drawing.check(for: saliency.sign, &problems)
        encoding.check(for: output, &problems)
        engine.check(&problems)
        guard let trustWindows else { return }
        problems.demand(trust, "--trust-windows needs --trust")
        if let reason = SettingForm.integer(WindowTrust.windowsRange).problem(with: trustWindows) {
            problems.demand(false, "--trust-windows \(reason)")
        }
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        problems.attempt { try InputCheck.run(input, sampling: sampling.request, manifest: manifest) }
        model.checkTargets(saliency.targets, of: manifest, &problems)
        problems.attempt { try request.checkOutput() }
    }

    var request: AnnotateRequest {
        AnnotateRequest(
            input: input, output: output ?? OutputLocation.beside(input, "saliency"), sampling: sampling.request,
            saliency: saliency.request, drawing: drawing.request(for: saliency.sign),
            video: container.settings(encoding), audio: sound.audio,
            trustWindows: trust ? trustWindows ?? 1 : 0, isReplacing: force)
    }

    func run() async throws {
        // A closed pipe on standard error must not end the job.
        signal(SIGPIPE, SIG_IGN)
        let reporter = ProgressReporter(progress)
        if let choice = model.choice { reporter.note(choice) }
        let request = request
        let loaded = try await LoadedModel.load(
            path: model.model, labels: model.labels, memory: engine.memory)
        let outcome = try await StopSignals.finishing(reporter) { stop in
            try await AnnotateJob(request: request, model: loaded, threads: engine.threads).run(stop: stop) {
                reporter.show($0)
            }
        }
        reporter.show(outcome.progress, isLast: true)
        for warning in outcome.sidecar.warnings { reporter.note("warning: \(warning)") }
        reporter.note(Self.summary(of: outcome))
        let found = FoundPrediction.text(outcome.sidecar.found)
        if !progress.quiet, !found.isEmpty { print(found) }
    }

    private static func summary(of outcome: AnnotateOutcome) -> String {
        let sidecar = outcome.sidecar
        var text =
            "\(outcome.output): \(sidecar.source.frames.counted("frame")), \(sidecar.windows.count.counted("window"))"
        if sidecar.interrupted { text += ", ended early" }
        for window in sidecar.windows {
            guard let trust = window.trust else { continue }
            text += String(printf: "; at %.2f s ", window.start) + trust.verdict.level.rawValue
            text += String(printf: " (deletion %.2f, random order %.2f)", trust.deletion, trust.randomDeletion)
        }
        return text + ". Details: \(outcome.sidecarPath)"
    }
}
