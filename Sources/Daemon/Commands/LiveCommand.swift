import ArgumentParser
import Cameras
import DaemonConfiguration
import Decode
import Engine
import FoundationEssentials
import Glibc
import Logging
import Pipeline
import Telemetry

/// `saliencyd live`: explains one live stream.
struct LiveCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Explain a live stream, record it and publish it.",
        discussion: """
            It connects again whenever the stream ends or stalls, until Ctrl-C. Passwords do not belong in the address, \
            which every user of this machine can read: --password-file and --password-variable say where one is.
            """)

    @Argument(
        help: """
            rtsp://, rtmp://, http(s):// (HLS too), udp://, srt://, v4l2:/dev/video0, or loop:/path/to/clip.mp4.
            """)
    var address: String

    @Option(help: ArgumentHelp("Prefix of the files' names.", valueName: "name"))
    var name = "camera"

    @OptionGroup(title: "Stream") var stream: StreamOptions
    @OptionGroup(title: "Masks and zones") var regions: RegionOptions
    @OptionGroup(title: "Recording") var recording: RecordingOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Saliency") var saliency: SaliencyOptions
    @OptionGroup(title: "Windows") var sampling: SamplingOptions
    @OptionGroup(title: "Drawing") var drawing: DrawingOptions
    @OptionGroup(title: "Encoding") var encoding: EncodingOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func checkOptions(_ problems: inout RequestProblems) {
        stream.check(&problems)
        regions.check(&problems)
        recording.check(&problems)
        problems.hold(settings, to: CameraSettings.table)
        saliency.check(&problems)
        sampling.check(&problems)
        drawing.check(for: saliency.sign, &problems)
        encoding.check(for: nil, &problems)
        engine.check(&problems)
        problems.demand(SectionName.isRight(name), "--name is made of letters, digits, - and _")
        for (option, text) in [("the address", address), ("--publish", recording.publish ?? "")]
        where SecretAddress(text).hasUser {
            problems.demand(
                false,
                "\(option) holds a user, and every user of this machine can read it: --user and --password-file say the same"
            )
        }
        problems.attempt { _ = try StreamAddress(address) }
    }

    func checkFiles(_ problems: inout RequestProblems) {
        let manifest = model.check(&problems)
        model.checkTargets(saliency.targets, of: manifest, &problems)
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.limitArenas()
        _ = try StreamAddress(address)
        let log = Logger(label: "saliencyd") { label in
            DaemonLogHandler(label: label, format: .automatic, level: progress.quiet ? .error : .notice)
        }
        let loaded = try await LoadedModel.load(path: model.model, labels: model.labels, memory: engine.memory)
        let warnings = RepeatedWarnings(logger: log)
        let entry = CameraHandle(settings)
        let resources = CameraResources(
            entry,
            shared: CameraResources.Shared(
                engines: LiveEngines(
                    model: loaded, threads: engine.threads ?? ThreadPool.usableCores, scheduler: EngineScheduler()),
                log: log,
                warnings: warnings, clock: ContinuousClock()))
        // Errors that would recur at every connection are reported now.
        _ = try resources.engine()
        let camera = Camera(
            entry: entry, connect: { try await resources.connect(connection: $0, stop: $1) }, cameraTask: resources,
            log: log,
            clock: ContinuousClock())
        let reporter = CameraReporter(entry: entry, options: progress, warnings: warnings)
        if let choice = model.choice { reporter.note(choice) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reporter.run() }
            await StopSignals.calling {
                reporter.note("Finishing the files; press Ctrl-C again to stop at once.")
                camera.stop()
            } onSecond: {
                camera.abort()
            } job: {
                await camera.run()
            }
            group.cancelAll()
        }
        warnings.flush(now: .now)
        reporter.summarise()
    }

    private var settings: CameraSettings {
        var settings = CameraSettings(name: name, url: SecretAddress(address))
        stream.apply(to: &settings)
        recording.apply(to: &settings)
        settings.annotation = AnnotationSettings(
            sampling: sampling.request, saliency: saliency.request, drawing: drawing.request(for: saliency.sign),
            video: encoding.settings)
        settings.masks = regions.parsedMasks
        settings.zones = regions.parsedZones.map { ZoneSettings(region: $0) }
        settings.outlinesZones = regions.outlineZones
        return settings
    }
}
