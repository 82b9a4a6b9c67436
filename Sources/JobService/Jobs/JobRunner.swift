import Concurrency
import FoundationEssentials
import Jobs
import Logging
import Pipeline
import ServiceLifecycle

/// Runs the queued jobs, so many at a time, until the daemon stops.
package struct JobRunner: Service {
    package let store: JobStore
    let execution: JobExecution
    package let running: RunningJobs
    let recovery: JobRecovery
    package let holds: HoldRegistry
    /// Jobs at the same time.
    package let most: Int
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Date

    package init(
        store: JobStore, execution: JobExecution, running: RunningJobs, recovery: JobRecovery, holds: HoldRegistry,
        most: Int, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.execution = execution
        self.running = running
        self.recovery = recovery
        self.holds = holds
        self.most = most
        self.clock = clock
        self.now = now
    }

    /// Seconds until a ledger that could not be read is asked again, and between two looks at the disks and at the clock, which
    /// may have been put forward or back.
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

    /// Nothing starts beside a suspect.
    private var hasRoom: Bool {
        let jobs = running.all
        return jobs.count < most && !jobs.contains { $0.job.isSuspect }
    }

    /// Starts jobs while there are any and there is room.
    ///
    /// - Returns: for how long nothing is to be done unless something changes.
    private func fill(_ group: inout DiscardingTaskGroup, wakeSignal: WakeSignal) async -> Duration {
        await holds.look()
        let held = holds.holds()
        // Who holds up all holds up nothing for longer than until the next look.
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
            // What is due beside running jobs may be a suspect, which waits for their end; that rings.
            let least = running.all.isEmpty ? 0.01 : 1
            let seconds =
                due.map { min(max($0.timeIntervalSince(now()), least), Self.pollInterval) } ?? Self.pollInterval
            return .seconds(hasRoom ? seconds : Self.pollInterval)
        } catch {
            execution.warnings.warn("ledger", "the ledger cannot be used: \(error)")
            return .seconds(Self.pollInterval)
        }
    }
}
