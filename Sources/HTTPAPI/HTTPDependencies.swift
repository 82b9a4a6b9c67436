import Cameras
import Engine
import JobService
import Jobs
import Logging
import Pipeline
import Telemetry

/// What the routes answer from.
package struct HTTPDependencies: Sendable {
    let store: JobStore
    let running: RunningJobs
    let registry: DropFolderRegistry
    let holdRegistry: HoldRegistry
    /// Makes the drop folder of a name look at its folder now.
    let look: @Sendable (String) -> Void
    /// What becomes of the files in a drop folder, of all or of one; nil for a drop folder that does not run. Blocks.
    var files: @Sendable (_ dropFolder: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil }
    let model: ModelDescription
    /// Of the model's classes, in their order; empty if it has none.
    let labels: [String]
    /// The metrics as Prometheus reads them; nil where nothing collects them.
    let metricsText: (@Sendable () -> String)?
    /// In the order of the configuration.
    var cameras: @Sendable () -> [CameraView] = { [] }
    let clock: any Clock<Duration>
    let warnings: RepeatedWarnings
    let log: Logger

    package init(
        store: JobStore, running: RunningJobs, registry: DropFolderRegistry, holdRegistry: HoldRegistry,
        look: @escaping @Sendable (String) -> Void,
        files: @escaping @Sendable (_ dropFolder: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil },
        model: ModelDescription, labels: [String], metricsText: (@Sendable () -> String)?,
        cameras: @escaping @Sendable () -> [CameraView] = { [] }, clock: any Clock<Duration>,
        warnings: RepeatedWarnings, log: Logger
    ) {
        self.store = store
        self.running = running
        self.registry = registry
        self.holdRegistry = holdRegistry
        self.look = look
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
    /// What holds up queued jobs now.
    func holds() async throws(LedgerError) -> JobHolds {
        holdRegistry.holds(try await store { ledger throws(LedgerError) in try ledger.pauses() })
    }
}
