import ArgumentParser
import Concurrency
import CoreMetrics
import Engine
import Files
import FoundationEssentials
import Glibc
import HTTPAPI
import JobService
import Jobs
import Logging
import Pipeline
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `saliencyd serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: annotate the files in drop folders, and explain cameras.",
        discussion: """
            SIGTERM and Ctrl-C stop it: running jobs return to the queue and start again at the next start. \
            SIGHUP reads the configuration again.
            """)

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.limitArenas()
        let loader = configuration.loader
        let loaded = try await loader.loadWithWarnings()
        let settings = loaded.settings
        let log = Logger(label: "saliencyd") { label in
            DaemonLogHandler(label: label, format: settings.logging.format, level: settings.logging.level)
        }
        for warning in loaded.warnings { log.warning("\(warning)") }
        let metrics = DaemonMetrics.factory()
        MetricsSystem.bootstrap(metrics)
        let notifier = SystemdNotifier()
        // Loading a large network from a slow disk takes long.
        notifier.extendTimeout(.seconds(120))
        // One daemon per state folder: two would annotate everything twice.
        let lock = try WorkFolder(settings.state)
        let store = try await JobStore.open(state: settings.state)
        let crash = try CrashNote(state: settings.state)
        let memory = try await DedicatedThread.run(name: "memory kills", onCancel: {}) {
            MemoryKills(state: settings.state)
        }
        let model = try await LoadedModel.load(
            path: settings.model, labels: settings.labels, memory: settings.engine.memory)
        for warning in model.warnings { log.warning("\(warning)") }
        try settings.checkClasses(model.manifest)
        let services = DaemonServices(
            settings: settings, store: store, crash: crash, memory: memory, model: model, log: log)
        var http: HTTPService?
        if settings.http.isEnabled {
            http = try await services.http(settings.http, model: model, log: log) { metrics.text() }
        }
        let reload = ReloadService(
            signals: await UnixSignalsSequence(trapping: .sighup), loader: loader, settings: settings,
            supervisor: services.supervisor, cameras: services.cameras,
            tokens: http?.tokens, holds: services.holds, manifest: model.manifest, metrics: services.metrics,
            notifier: notifier, mqtt: services.mqtt, log: log)
        let status = StatusService(
            store: store, running: services.running, dropFolders: services.registry, holds: services.holds,
            cameras: services.cameras.registry, notifier: notifier, warnings: services.warnings,
            clock: ContinuousClock())
        let keeper = LedgerKeeper(
            store: store, running: services.running, dropFolders: services.registry, settings: settings.ledger,
            log: log,
            clock: ContinuousClock(), now: { Date() })
        // Services stop in reverse order, so events are delivered until after the jobs have stopped.
        var all: [any Service] = [
            services.events, services.runner, services.supervisor, services.cameras, reload, status, keeper,
        ]
        if let http { all.append(http) }
        if let mqtt = services.mqtt { all.insert(mqtt, at: 0) }
        var group = ServiceGroupConfiguration(
            services: all,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "saliencyd.services") { _ in SwiftLogNoOpLogHandler() })
        group.maximumGracefulShutdownDuration = .seconds(60)
        log.notice(
            "ready",
            metadata: [
                "model": "\(model.description.name)", "folders": "\(settings.dropFolders.count)",
                "cameras": "\(settings.cameras.count)",
            ])
        notifier.ready(status: "waiting")
        try await ServiceGroup(configuration: group).run()
        log.notice("stopped")
        _ = consume lock
    }
}
