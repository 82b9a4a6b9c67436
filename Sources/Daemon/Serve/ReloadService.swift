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

/// Reads the configuration again at every SIGHUP. An invalid one changes nothing.
struct ReloadService: Service {
    /// Every SIGHUP since before the daemon reported that it is ready: without a handler, SIGHUP would end the process.
    let signals: UnixSignalsSequence
    let loader: SettingsLoader
    /// The settings at the daemon's start.
    let settings: Settings
    let supervisor: DropFolderSupervisor
    let cameras: CameraSupervisor
    /// Nil if HTTP is disabled.
    let tokens: TokenRegistry?
    let holds: HoldRegistry
    /// The model's manifest.
    let manifest: ModelManifest
    let metrics: JobMetrics
    let notifier: SystemdNotifier
    /// Nil if nothing is published over MQTT.
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
            mqtt?.refresh()
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
