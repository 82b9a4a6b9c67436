import Concurrency
import FoundationEssentials
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// Runs queued jobs, a limited number at a time, until the daemon stops.
package struct JobRunner: Service {
    package let store: JobStore
    let execution: JobExecution
    package let running: RunningJobs
    let recovery: JobRecovery
    package let holds: HoldRegistry
    /// The maximum number of jobs at a time.
    package let maximumJobs: Int
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Date

    package init(
        store: JobStore, execution: JobExecution, running: RunningJobs, recovery: JobRecovery, holds: HoldRegistry,
        maximumJobs: Int, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.execution = execution
        self.running = running
        self.recovery = recovery
        self.holds = holds
        self.maximumJobs = maximumJobs
        self.clock = clock
        self.now = now
    }

    /// Seconds until a failed query of the ledger is repeated, and between checks of the disks and the clock, which may
    /// have been set forward or back.
    private static let pollInterval = 30.0

    package func run() async throws {
        try await recovery.run()
        let wakeSignal = holds.wakeSignal
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let changes = store.changes()
                group.addTask {
                    for await _ in changes { wakeSignal.notify() }
                }
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    let wait = await fill(&group, wakeSignal: wakeSignal)
                    await wakeSignal.wait(atMost: wait, clock: clock)
                }
                running.stopAll(.stopping)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            running.stopAll(.stopping)
            wakeSignal.notify()
        }
    }

    /// Whether another job may start; none may while a suspect runs.
    private var hasRoom: Bool {
        let jobs = running.all
        return jobs.count < maximumJobs && !jobs.contains { $0.job.isSuspect }
    }

    /// Starts due jobs while `hasRoom`.
    ///
    /// - Returns: how long to wait unless something changes.
    private func fill(_ group: inout DiscardingTaskGroup, wakeSignal: WakeSignal) async -> Duration {
        await holds.measureFreeSpace()
        let held = holds.holds()
        // A hold of all jobs is checked again after the poll interval.
        guard held.ofAll.isEmpty else { return .seconds(Self.pollInterval) }
        let dropFolders = Set(held.othersOfDropFolders.keys)
        do {
            while hasRoom, !Task.isShuttingDownGracefully {
                let isAlone = running.all.isEmpty
                guard
                    let job = try await store({ ledger throws(LedgerError) in
                        try ledger.claim(isAlone: isAlone, except: dropFolders)
                    })
                else {
                    break
                }
                let stop = running.begin(job)
                group.addTask {
                    await execution.run(job, stop: stop)
                    running.end(job.id)
                    wakeSignal.notify()
                }
            }
            let due = try await store { ledger throws(LedgerError) in try ledger.nextRetry(except: dropFolders) }
            // A job that is due while others run may be a suspect, which waits for their end; their end wakes the
            // runner.
            let minimum = running.all.isEmpty ? 0.01 : 1
            let seconds =
                due.map { min(max($0.timeIntervalSince(now()), minimum), Self.pollInterval) } ?? Self.pollInterval
            return .seconds(hasRoom ? seconds : Self.pollInterval)
        } catch {
            execution.warnings.warn("ledger", "the ledger cannot be used: \(error)")
            return .seconds(Self.pollInterval)
        }
    }
}
