import Cameras
import Concurrency
import CoreMetrics
import Files
import JobService
import Jobs
import ServiceLifecycle
import Telemetry

/// Reports the daemon's status to systemd, updates the metrics of jobs and cameras, and feeds the watchdog while there
/// is progress.
struct StatusService: Service {
    let store: JobStore
    let running: RunningJobs
    let dropFolders: DropFolderRegistry
    let holds: HoldRegistry
    let cameras: CameraRegistry
    let notifier: SystemdNotifier
    let warnings: RepeatedWarnings
    let clock: any Clock<Duration>

    /// The time between two updates.
    private static let defaultInterval = Duration.seconds(5)
    private static let shortestInterval = Duration.milliseconds(100)

    func run() async throws {
        let wakeSignal = WakeSignal()
        let interval = notifier.watchdogInterval.map { min($0 / 4, Self.defaultInterval) } ?? Self.defaultInterval
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let changes = store.changes()
                group.addTask {
                    for await _ in changes { wakeSignal.notify() }
                }
                var feeder = WatchdogFeeder()
                var cameraMetrics = CameraMetrics()
                var holdMetrics = HoldMetrics()
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    await update(&feeder, &cameraMetrics, &holdMetrics)
                    // Combines frequent changes into one update.
                    try? await clock.sleep(for: Self.shortestInterval)
                    await wakeSignal.wait(atMost: interval, clock: clock)
                }
                group.cancelAll()
            }
            notifier.stopping(status: "stopping")
        } onGracefulShutdown: {
            wakeSignal.notify()
        }
    }

    private func update(
        _ feeder: inout WatchdogFeeder, _ cameraMetrics: inout CameraMetrics, _ holdMetrics: inout HoldMetrics
    ) async {
        warnings.flush(now: .now)
        // The job runner reports a ledger that cannot be read. Any result shows that the ledger's thread is alive.
        let counts = (try? await store { ledger throws(LedgerError) in try ledger.counts() }) ?? [:]
        for state in JobState.allCases {
            Meter(label: "saliencyd_ledger_jobs", dimensions: [("state", state.rawValue)]).set(counts[state] ?? 0)
        }
        let pauses = (try? await store { ledger throws(LedgerError) in try ledger.pauses() }) ?? JobPauses()
        holdMetrics.update(dropFolders.all.map(\.name), holds.holds(pauses))
        let obstructed = (try? await store { ledger throws(LedgerError) in try ledger.obstructed() }) ?? 0
        Meter(label: "saliencyd_obstructed_jobs").set(obstructed)
        let jobs = running.all
        Meter(label: "saliencyd_running_jobs").set(jobs.count)
        let names = jobs.map { (name: FileName.split($0.job.source).name, fraction: $0.progress?.fraction) }
        let entries = cameras.all
        cameraMetrics.update(entries)
        notifier.status(
            StatusText.text(
                running: names, counts: counts, obstructed: obstructed, cameras: CameraSummary(entries),
                holds: holds.holds(pauses)))
        let cameraSteps = entries.map { (ObjectIdentifier($0.connections), $0.connections.steps) }
        let isAlive = feeder.isAlive(
            runningJobs: jobs.count, steps: running.steps,
            cameras: Dictionary(cameraSteps, uniquingKeysWith: { $1 }))
        if isAlive { notifier.watchdog() }
    }
}

/// Formats the daemon's current activity as one line: "annotating clip.mp4 62 %, 3/4 cameras up, lag 0.8 s, 2 queued, 1
/// failed".
enum StatusText {
    static func text(
        running: [(name: String, fraction: Double?)], counts: [JobState: Int], obstructed: Int = 0,
        cameras: CameraSummary = CameraSummary([]), holds: JobHolds = JobHolds()
    ) -> String {
        var parts: [String] = []
        if let first = running.first {
            let percent = first.fraction.map { " \(Int($0 * 100)) %" } ?? ""
            let others = running.count > 1 ? " and \(running.count - 1) more" : ""
            parts.append("annotating \(first.name)\(percent)\(others)")
        }
        if let cameras = cameras.text { parts.append(cameras) }
        if holds.pauses.all != nil {
            parts.append("paused")
        } else if !holds.pauses.dropFolders.isEmpty {
            parts.append("\(holds.pauses.dropFolders.keys.sorted().joined(separator: " and ")) paused")
        }
        let others = Set((holds.others + holds.othersOfDropFolders.values.joined()).map(\.reason))
        if others.contains(.quietHours) { parts.append("quiet hours") }
        if others.contains(.freeSpace) { parts.append("too little free space") }
        if parts.isEmpty { parts.append("waiting") }
        for state in [JobState.queued, .failed, .quarantined] {
            if let count = counts[state], count > 0 { parts.append("\(count) \(state.rawValue)") }
            if state == .queued, obstructed > 0 { parts.append("\(obstructed) of them waiting for an output folder") }
        }
        return parts.joined(separator: ", ")
    }
}

/// Metrics of which drop folders' jobs are held, and why.
struct HoldMetrics {
    private let factory: any MetricsFactory
    private var meters: [String: [JobHold.Reason: Meter]] = [:]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// Updates the metrics, and removes those of removed drop folders.
    mutating func update(_ dropFolders: [String], _ holds: JobHolds) {
        for (name, old) in meters where !dropFolders.contains(name) {
            for meter in old.values { meter.destroy() }
            meters[name] = nil
        }
        for dropFolder in dropFolders {
            let reasons = Set(holds.of(dropFolder).map(\.reason))
            for reason in JobHold.Reason.allCases {
                let factory = factory
                let meter = meters[dropFolder, default: [:]][
                    reason,
                    default: Meter(
                        label: "saliencyd_folder_held",
                        dimensions: [("folder", dropFolder), ("reason", reason.rawValue)], factory: factory)]
                meters[dropFolder, default: [:]][reason] = meter
                meter.set(reasons.contains(reason) ? 1 : 0)
            }
        }
    }
}

/// Decides whether the daemon makes progress: every part of it must be idle, or must have advanced since this was last
/// the case for all of them.
struct WatchdogFeeder {
    private var lastSteps: UInt64?
    private var lastCameras: [ObjectIdentifier: UInt64] = [:]

    /// - Parameters:
    ///   - steps: a number that grows with every step of every job.
    ///   - cameras: for each camera a number that grows while it makes progress; a new camera counts as making
    ///     progress.
    mutating func isAlive(runningJobs: Int, steps: UInt64, cameras: [ObjectIdentifier: UInt64] = [:]) -> Bool {
        guard runningJobs == 0 || steps != lastSteps, cameras.allSatisfy({ lastCameras[$0.key] != $0.value }) else {
            return false
        }
        lastSteps = steps
        lastCameras = cameras
        return true
    }
}
