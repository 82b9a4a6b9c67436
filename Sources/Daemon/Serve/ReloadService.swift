import Cameras
import Concurrency
import DaemonConfiguration
import Engine
import HTTPAPI
import JobService
import Logging
import MQTT
import Pipeline
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Reads the configuration again at every SIGHUP. A wrong one changes nothing.
struct ReloadService: Service {
    /// Every SIGHUP since before the daemon said that it is ready: without a handler one would end the process.
    let signals: UnixSignalsSequence
    let loader: SettingsLoader
    /// What the daemon was started with.
    let settings: Settings
    let supervisor: DropFolderSupervisor
    let cameras: CameraSupervisor
    /// Nil where nothing is answered over HTTP.
    let tokens: TokenRegistry?
    let holds: HoldRegistry
    /// Of the model.
    let manifest: ModelManifest
    let metrics: JobMetrics
    let notifier: SystemdNotifier
    /// Nil where nothing is published over MQTT.
    let mqtt: MQTTService?
    let log: Logger

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            await reload()
        }
    }

    func reload() async {
        notifier.reloading()
        defer { notifier.ready() }
        do {
            let loaded = try await loader.loadWithWarnings()
            let new = loaded.settings
            try new.checkClasses(manifest)
            let newTokens = try await DedicatedThread.run(name: "tokens", onCancel: {}) { [tokens] in
                try tokens?.read(new.http)
            }
            if let newTokens { tokens?.replace(newTokens) }
            supervisor.replace(new.dropFolders)
            cameras.replace(new.cameras)
            mqtt?.look()
            holds.replace(new.holds)
            for warning in loaded.warnings { log.warning("\(warning)") }
            if settings.differsBeyondSources(from: new) {
                log.warning("folders, cameras and tokens are reloaded; other changes take effect after a restart")
            } else {
                log.notice("configuration reloaded")
            }
        } catch let error as SettingsError {
            metrics.warned(.configuration)
            for problem in error.all { log.error("the configuration stays as it was: \(problem)") }
        } catch {
            metrics.warned(.configuration)
            log.error("the configuration stays as it was: \(error)")
        }
    }
}
