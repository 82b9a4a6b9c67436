import Cameras
import Engine
import JobService
import Jobs
import Logging
import Pipeline
import Telemetry

/// What the routes answer from.
package struct HTTPDependencies: Sendable {
    let desk: LedgerDesk
    let running: RunningJobs
    let book: DropFolderRegistry
    let holdBook: HoldBook
    /// Makes the watch of a name look at its folder now.
    let look: @Sendable (String) -> Void
    /// What becomes of the files in a watch's folder, of all or of one; nil for a watch that does not run. Blocks.
    var files: @Sendable (_ watch: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil }
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
        desk: LedgerDesk, running: RunningJobs, book: DropFolderRegistry, holdBook: HoldBook,
        look: @escaping @Sendable (String) -> Void,
        files: @escaping @Sendable (_ watch: String, _ file: String?) throws -> [FileReport]? = { _, _ in nil },
        model: ModelDescription, labels: [String], metricsText: (@Sendable () -> String)?,
        cameras: @escaping @Sendable () -> [CameraView] = { [] }, clock: any Clock<Duration>,
        warnings: RepeatedWarnings, log: Logger
    ) {
        self.desk = desk
        self.running = running
        self.book = book
        self.holdBook = holdBook
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
        holdBook.holds(try await desk { ledger throws(LedgerError) in try ledger.pauses() })
    }
}
