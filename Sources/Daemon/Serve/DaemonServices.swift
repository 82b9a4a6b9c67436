import Cameras
import Concurrency
import DaemonConfiguration
import Engine
import Foundation
import HTTPAPI
import JobService
import Jobs
import Logging
import MQTT
import Pipeline
import ServiceLifecycle
import Telemetry

/// Everything that runs in the daemon, made from its settings.
struct DaemonServices: Sendable {
    let desk: LedgerDesk
    let running: RunningJobs
    let book: DropFolderRegistry
    let supervisor: DropFolderSupervisor
    let cameras: CameraSupervisor
    let runner: JobRunner
    let events: JobEventDesk
    let holds: HoldBook
    let metrics: JobMetrics
    let warnings: RepeatedWarnings
    /// Nil where nothing is published over MQTT.
    let mqtt: MQTTService?

    /// - Parameters:
    ///   - crash: of the settings' state folder; so is `memory`.
    ///   - clock: for waiting; time stamps come from `now`.
    init(
        settings: Settings, desk: LedgerDesk, crash: CrashNote, memory: MemoryKills, model: LoadedModel, log: Logger,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let threads = settings.engine.threads ?? ThreadPool.usableCores
        let (running, book, metrics) = (RunningJobs(), DropFolderRegistry(settings.watches), JobMetrics())
        let warnings = RepeatedWarnings(logger: log)
        let gate = EngineGate()
        let cameraBook = CameraRegistry()
        mqtt = settings.mqtt.map { settings in
            let board = MQTTBoard(settings, outbox: MQTTOutbox())
            return MQTTService(settings, board: board, cameras: cameraBook, desk: desk, log: log, clock: clock)
        }
        let shared = CameraEquipment.Shared(
            engines: LiveEngines(model: model, threads: threads, gate: gate), log: log, warnings: warnings,
            clock: clock, sinks: mqtt.map { [MQTTCameraEvents(board: $0.board)] } ?? [])
        let sources = JobSource(contents: ContentBook(), watches: book)
        let holds = HoldBook(watches: book, limits: settings.holds, stateFolder: settings.state, now: now)
        self.holds = holds
        let events = JobEventDesk(
            watches: book, warnings: warnings, clock: clock,
            sinks: mqtt.map { [MQTTJobEvents(board: $0.board)] } ?? [])
        self.events = events
        let execution = JobExecution(
            desk: desk, model: model, threads: max(1, threads / settings.engine.jobs),
            pictureLimit: settings.engine.pictureLimit, gate: gate, running: running,
            watches: book,
            names: OutputNames(), sources: sources, metrics: metrics, events: events, log: log, warnings: warnings,
            now: now,
            clock: clock)
        self.warnings = warnings
        let intake = Intake(desk: desk, modelHash: model.description.sha256, sources: sources)
        self.desk = desk
        self.running = running
        self.book = book
        self.metrics = metrics
        supervisor = DropFolderSupervisor(book: book) { watch in
            DropFolder(watch: watch, intake: intake, execution: execution, log: log, clock: clock)
        }
        cameras = CameraSupervisor(settings.cameras, book: cameraBook) { camera in
            let entry = CameraEntry(camera, clock: clock)
            let equipment = CameraEquipment(entry, shared: shared)
            return Camera(
                entry: entry, connect: { try await equipment.connect(epoch: $0, stop: $1) }, companion: equipment,
                log: log, clock: clock, backoff: ReconnectBackoff(limit: camera.backoff))
        }
        runner = JobRunner(
            desk: desk, execution: execution, running: running,
            recovery: JobRecovery(desk: desk, execution: execution, crash: crash, memory: memory, log: log),
            holds: holds,
            most: settings.engine.jobs,
            clock: clock, now: now)
    }
}

extension DaemonServices {
    /// The services over HTTP.
    ///
    /// - Parameter metricsText: the metrics as Prometheus reads them.
    /// - Throws: `SettingsError` for a token that cannot be used.
    func http(
        _ settings: HTTPSettings, model: LoadedModel, log: Logger, metricsText: @escaping @Sendable () -> String
    ) async throws -> HTTPService {
        let dependencies = HTTPDependencies(
            desk: desk, running: running, book: book, holdBook: holds, look: { [supervisor] in supervisor.look($0) },
            files: { [supervisor] in try supervisor.report($0, file: $1) },
            model: model.description, labels: model.manifest.labels, metricsText: metricsText,
            cameras: { [cameras] in cameras.book.all.map(CameraView.init) }, clock: ContinuousClock(),
            warnings: warnings, log: log)
        return try await DedicatedThread.run(name: "token", onCancel: {}) {
            try HTTPService(settings: settings, dependencies: dependencies)
        }
    }
}
