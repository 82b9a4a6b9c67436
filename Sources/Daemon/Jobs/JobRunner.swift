import Foundation
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// Runs the queued jobs, so many at a time, until the daemon stops.
struct JobRunner: Service {
    let desk: LedgerDesk
    let execution: JobExecution
    let running: RunningJobs
    let recovery: JobRecovery
    /// Jobs at the same time.
    let most: Int
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    /// Seconds until a ledger that could not be read is asked again, and between two looks at the clock, which may have
    /// been put forward or back.
    private static let patience = 30.0

    func run() async throws {
        try await recovery.run()
        let bell = Doorbell()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let changes = desk.changes()
                group.addTask {
                    for await _ in changes { bell.ring() }
                }
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    let wait = await fill(&group, bell: bell)
                    await bell.wait(atMost: wait, clock: clock)
                }
                running.stopAll(.stopping)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            running.stopAll(.stopping)
            bell.ring()
        }
    }

    /// Starts jobs while there are any and there is room.
    ///
    /// - Returns: for how long nothing is to be done unless something changes.
    private func fill(_ group: inout DiscardingTaskGroup, bell: Doorbell) async -> Duration {
        do {
            while running.all.count < most, !Task.isShuttingDownGracefully {
                guard let job = try await desk({ ledger throws(LedgerError) in try ledger.claim() }) else { break }
                let stop = running.begin(job)
                group.addTask {
                    await execution.run(job, stop: stop)
                    running.end(job.id)
                    bell.ring()
                }
            }
            let due = try await desk { ledger throws(LedgerError) in try ledger.nextRetry() }
            let seconds = due.map { min(max($0.timeIntervalSince(now()), 0.01), Self.patience) } ?? Self.patience
            return .seconds(running.all.count < most ? seconds : Self.patience)
        } catch {
            execution.warnings.warn("ledger", "the ledger cannot be used: \(error)")
            return .seconds(Self.patience)
        }
    }
}
