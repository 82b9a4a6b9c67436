import Cameras
import Concurrency
import DaemonConfiguration
import Engine
import FoundationEssentials
import HTTPAPI
import JobService
import Jobs
import Logging
import MQTT
import Pipeline
import ServiceLifecycle
import Telemetry

/// All services of the daemon, created from its settings.
struct DaemonServices: Sendable {
    let store: JobStore
    let running: RunningJobs
    let registry: DropFolderRegistry
    let supervisor: DropFolderSupervisor
    let cameras: CameraSupervisor
    let runner: JobRunner
    let events: JobEventService
    let holds: HoldRegistry
    let metrics: JobMetrics
    let warnings: RepeatedWarnings
    /// Nil if nothing is published over MQTT.
    let mqtt: MQTTService?

    /// - Parameters:
    ///   - crash: for the settings' state folder, like `memory`.
    ///   - clock: used for waiting; time stamps come from `now`.
    init(
        settings: Settings, store: JobStore, crash: CrashNote, memory: MemoryKills, model: LoadedModel, log: Logger,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let threads = settings.engine.threads ?? ThreadPool.usableCores
        let (running, registry, metrics) = (RunningJobs(), DropFolderRegistry(settings.dropFolders), JobMetrics())
        let warnings = RepeatedWarnings(logger: log)
        let scheduler = EngineScheduler()
        let cameraRegistry = CameraRegistry()
        mqtt = settings.mqtt.map { settings in
            let topicStore = MQTTTopicStore(settings, outbox: MQTTOutbox())
            return MQTTService(
                settings, topicStore: topicStore, cameras: cameraRegistry, store: store, log: log, clock: clock)
        }
        let shared = CameraResources.Shared(
            engines: LiveEngines(model: model, threads: threads, scheduler: scheduler), log: log, warnings: warnings,
            clock: clock, sinks: mqtt.map { [MQTTCameraEvents(topicStore: $0.topicStore)] } ?? [])
        let sources = JobSource(contents: ContentRegistry(), dropFolders: registry)
        let holds = HoldRegistry(dropFolders: registry, limits: settings.holds, stateFolder: settings.state, now: now)
        self.holds = holds
        let events = JobEventService(
            dropFolders: registry, warnings: warnings, clock: clock,
            sinks: mqtt.map { [MQTTJobEvents(topicStore: $0.topicStore)] } ?? [])
        self.events = events
        let execution = JobExecution(
            store: store, model: model, threads: max(1, threads / settings.engine.jobs),
            frameLimit: settings.engine.frameLimit, scheduler: scheduler, running: running,
            dropFolders: registry,
            names: OutputRegistry(), sources: sources, metrics: metrics, events: events, log: log, warnings: warnings,
            now: now,
            clock: clock)
        self.warnings = warnings
        let ingest = FileIngest(store: store, modelHash: model.description.sha256, sources: sources)
        self.store = store
        self.running = running
        self.registry = registry
        self.metrics = metrics
        supervisor = DropFolderSupervisor(registry: registry) { dropFolder in
            DropFolder(dropFolder: dropFolder, ingest: ingest, execution: execution, log: log, clock: clock)
        }
        cameras = CameraSupervisor(settings.cameras, registry: cameraRegistry) { camera in
            let entry = CameraHandle(camera, clock: clock)
            let resources = CameraResources(entry, shared: shared)
            return Camera(
                entry: entry, connect: { try await resources.connect(connection: $0, stop: $1) }, cameraTask: resources,
                log: log, clock: clock, backoff: ReconnectBackoff(limit: camera.backoff))
        }
        runner = JobRunner(
            store: store, execution: execution, running: running,
            recovery: JobRecovery(store: store, execution: execution, crash: crash, memory: memory, log: log),
            holds: holds,
            maximumJobs: settings.engine.jobs,
            clock: clock, now: now)
    }
}

extension DaemonServices {
    /// The HTTP service.
    ///
    /// - Parameter metricsText: returns the metrics in Prometheus' text format.
    /// - Throws: `SettingsError` for a token that cannot be used.
    func http(
        _ settings: HTTPSettings, model: LoadedModel, log: Logger, metricsText: @escaping @Sendable () -> String
    ) async throws -> HTTPService {
        let dependencies = HTTPDependencies(
            store: store, running: running, registry: registry, holdRegistry: holds,
            rescan: { [supervisor] in supervisor.rescan($0) },
            files: { [supervisor] in try supervisor.report($0, file: $1) },
            model: model.description, labels: model.manifest.labels, metricsText: metricsText,
            cameras: { [cameras] in cameras.registry.all.map(CameraStatus.init) }, clock: ContinuousClock(),
            warnings: warnings, log: log)
        return try await DedicatedThread.run(name: "token", onCancel: {}) {
            try HTTPService(settings: settings, dependencies: dependencies)
        }
    }
}
