import Concurrency
import DaemonConfiguration
import Foundation
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// Keeps the ledger small, and looks for damage in a large one.
struct LedgerKeeper: Service {
    let desk: LedgerDesk
    let running: RunningJobs
    let watches: DropFolderRegistry
    let settings: LedgerSettings
    let log: Logger
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    /// From one look to the next.
    static let interval = Duration.seconds(3600)
    /// By how much the wall clock may go wrong within that time and still be believed.
    static let tolerance = 60.0

    func run() async throws {
        // It only reads, and takes seconds: the daemon's end does not wait for it.
        Task { await check() }
        await cancelWhenGracefulShutdown {
            var last: (wall: Date, instant: ContinuousClock.Instant)?
            while !Task.isCancelled {
                let (wall, instant) = (now(), ContinuousClock.now)
                let isSteady =
                    last.map { Self.isSteady(wall.timeIntervalSince($0.wall), instant - $0.instant) } ?? false
                await prune(byAge: isSteady, at: wall)
                last = (wall, instant)
                try? await clock.sleep(for: Self.interval)
            }
        }
    }

    /// Whether the wall clock went on as time did: a clock that has just jumped says nothing of a job's age.
    static func isSteady(_ wall: Double, _ passed: Duration) -> Bool {
        abs(wall - passed / .seconds(1)) <= tolerance
    }

    /// Of a file that was too large to be checked at the start.
    private func check() async {
        do {
            try await DedicatedThread.run(name: "ledger check", onCancel: {}) { [desk] in
                try desk.onThisThread { ledger throws(LedgerError) in try ledger.checkIfLarge() }
            }
        } catch {
            log.error("\(error)")
        }
    }

    /// Forgets what is too old or too much.
    func prune(byAge: Bool, at time: Date) async {
        let before = byAge ? settings.keepAge.map { time.addingTimeInterval(-$0 * 86_400) } : nil
        let rule = PruningRule(before: before, most: settings.keepJobs)
        var forgotten = 0
        do {
            let folders = watches.all.map(\.folder)
            let sizes = try await DedicatedThread.run(name: "ledger files", onCancel: {}) {
                try FileSizes.below(folders)
            }
            var place: PruningPlace?
            repeat {
                // One that was cancelled may still be coming to its end.
                let busy = Set(running.all.map(\.job.id))
                let from = place
                let step = try await desk { ledger throws(LedgerError) in
                    try ledger.prune(rule, from: from) { sizes.contains($0.bytes) || busy.contains($0.id) }
                }
                forgotten += step.forgotten
                place = step.next
            } while place != nil && !Task.isCancelled
        } catch {
            log.warning("the ledger forgets nothing now: \(error)")
        }
        if forgotten > 0 { log.info("jobs forgotten", metadata: ["jobs": "\(forgotten)"]) }
    }
}
