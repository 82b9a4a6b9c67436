import Cameras
import Engine
import JobService
import Jobs
import Logging
import Pipeline
import Telemetry

/// The services that the routes use.
package struct HTTPDependencies: Sendable {
    let store: JobStore
    let running: RunningJobs
    let registry: DropFolderRegistry
    let holdRegistry: HoldRegistry
    /// Makes a drop folder, by name, scan its folder now.
    let rescan: @Sendable (String) -> Void
    /// The state of all files in a drop folder, or of one; nil if no such drop folder runs. Blocks.
    var files: @Sendable (_ dropFolder: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil }
    let model: ModelDescription
    /// The labels of the model's classes, in order; empty if it has none.
    let labels: [String]
    /// The metrics in Prometheus' text format; nil if none are collected.
    let metricsText: (@Sendable () -> String)?
    /// In the order of the configuration.
    var cameras: @Sendable () -> [CameraStatus] = { [] }
    let clock: any Clock<Duration>
    let warnings: RepeatedWarnings
    let log: Logger

    package init(
        store: JobStore, running: RunningJobs, registry: DropFolderRegistry, holdRegistry: HoldRegistry,
        rescan: @escaping @Sendable (String) -> Void,
        files: @escaping @Sendable (_ dropFolder: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil },
        model: ModelDescription, labels: [String], metricsText: (@Sendable () -> String)?,
        cameras: @escaping @Sendable () -> [CameraStatus] = { [] }, clock: any Clock<Duration>,
        warnings: RepeatedWarnings, log: Logger
    ) {
        self.store = store
        self.running = running
        self.registry = registry
        self.holdRegistry = holdRegistry
        self.rescan = rescan
        self.files = files
        self.model = model
        self.labels = labels
        self.metricsText = metricsText
        self.cameras = cameras
        self.clock = clock
        self.warnings = warnings
        self.log = log
    }
}

extension HTTPDependencies {
    /// The current holds of queued jobs.
    func holds() async throws(LedgerError) -> JobHolds {
        holdRegistry.holds(try await store { ledger throws(LedgerError) in try ledger.pauses() })
    }
}
