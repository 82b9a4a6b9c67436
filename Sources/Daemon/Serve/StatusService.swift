import Concurrency
import CoreMetrics
import Files
import Jobs
import ServiceLifecycle
import Telemetry

/// Tells systemd what the daemon does, shows how many jobs there are and how cameras fare, and feeds the watchdog with
/// what moves.
struct StatusService: Service {
    let desk: LedgerDesk
    let running: RunningJobs
    let watches: DropFolderRegistry
    let holds: HoldBook
    let cameras: CameraRegistry
    let notifier: SystemdNotifier
    let warnings: RepeatedWarnings
    let clock: any Clock<Duration>

    /// Between two looks.
    private static let usualInterval = Duration.seconds(5)
    private static let shortestInterval = Duration.milliseconds(100)

    func run() async throws {
        let wakeSignal = WakeSignal()
        let interval = notifier.watchdogInterval.map { min($0 / 4, Self.usualInterval) } ?? Self.usualInterval
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let changes = desk.changes()
                group.addTask {
                    for await _ in changes { wakeSignal.notify() }
                }
                var feeder = WatchdogFeeder()
                var cameraMetrics = CameraMetrics()
                var holdMetrics = HoldMetrics()
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    await look(&feeder, &cameraMetrics, &holdMetrics)
                    // Many changes make one look.
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

    private func look(
        _ feeder: inout WatchdogFeeder, _ cameraMetrics: inout CameraMetrics, _ holdMetrics: inout HoldMetrics
    ) async {
        warnings.flush(now: .now)
        // A ledger that cannot be read is the runner's to report; that it answers at all shows that its thread lives.
        let counts = (try? await desk { ledger throws(LedgerError) in try ledger.counts() }) ?? [:]
        for state in JobState.allCases {
            Meter(label: "saliencyd_ledger_jobs", dimensions: [("state", state.rawValue)]).set(counts[state] ?? 0)
        }
        let pauses = (try? await desk { ledger throws(LedgerError) in try ledger.pauses() }) ?? JobPauses()
        holdMetrics.update(watches.all.map(\.name), holds.holds(pauses))
        let obstructed = (try? await desk { ledger throws(LedgerError) in try ledger.obstructed() }) ?? 0
        Meter(label: "saliencyd_obstructed_jobs").set(obstructed)
        let jobs = running.all
        Meter(label: "saliencyd_running_jobs").set(jobs.count)
        let names = jobs.map { (name: StagedName.split($0.job.source).name, fraction: $0.progress?.fraction) }
        let entries = cameras.all
        cameraMetrics.update(entries)
        notifier.status(
            StatusLine.text(
                running: names, counts: counts, obstructed: obstructed, cameras: CameraOverview(entries),
                holds: holds.holds(pauses)))
        let cameraSteps = entries.map { (ObjectIdentifier($0.record), $0.record.steps) }
        let isAlive = feeder.isAlive(
            runningJobs: jobs.count, steps: running.steps,
            cameras: Dictionary(cameraSteps, uniquingKeysWith: { $1 }))
        if isAlive { notifier.watchdog() }
    }
}
