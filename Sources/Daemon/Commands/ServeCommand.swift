import ArgumentParser
import Foundation
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// `saliencyd serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Watch drop folders and annotate what is put into them, until told to stop.",
        discussion: """
            SIGTERM and Ctrl-C stop it: what is being annotated goes back to the queue and begins anew at the next start. \
            SIGHUP reads the configuration again.
            """)

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let loader = configuration.loader
        let settings = try await loader.load()
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "saliencyd")
        log.logLevel = settings.logging.level
        let desk = try await LedgerDesk.open(state: settings.state)
        let model = try await LoadedModel.load(
            path: settings.model, labels: settings.labels, memory: settings.engine.memory)
        for warning in model.warnings { log.warning("\(warning)") }
        let services = DaemonServices(settings: settings, desk: desk, model: model, log: log)
        let reload = ReloadService(
            loader: loader, settings: settings, supervisor: services.supervisor, metrics: services.metrics, log: log)
        var group = ServiceGroupConfiguration(
            services: [services.runner, services.supervisor, reload], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "saliencyd.services") { _ in SwiftLogNoOpLogHandler() })
        group.maximumGracefulShutdownDuration = .seconds(60)
        log.notice("ready", metadata: ["model": "\(model.description.name)", "watches": "\(settings.watches.count)"])
        try await ServiceGroup(configuration: group).run()
        log.notice("stopped")
    }
}
