import JobService
import Jobs
import ServiceLifecycle

/// Waits for what the ledger tells of changes; nothing is asked over and over.
struct JobWait: Sendable {
    let store: JobStore
    let clock: any Clock<Duration>

    /// The job as it is when it is done, failed, quarantined or cancelled, or when the time is up or the daemon stops.
    ///
    /// - Throws: `LedgerError`, also where there is no such job.
    func settled(_ id: Job.ID, atMost seconds: Int) async throws -> Job? {
        let isOver = { @Sendable (job: Job?) in job.map { ![.queued, .running].contains($0.state) } ?? true }
        // Before the first look: what changes after it is heard of.
        let changes = store.changes()
        let job = try await job(id)
        guard !isOver(job) else { return job }
        await firstChange(in: changes, atMost: seconds) { changed in
            guard changed == id else { return false }
            return try await isOver(self.job(id))
        }
        return try await self.job(id)
    }

    /// The job of a key, as soon as there is one; nil when the time is up or the daemon stops.
    func admitted(_ key: JobKey, atMost seconds: Int) async throws -> Job? {
        let changes = store.changes()
        let look = { @Sendable in try await store { ledger throws(LedgerError) in try ledger.job(key) } }
        if let job = try await look() { return job }
        guard seconds > 0 else { return nil }
        await firstChange(in: changes, atMost: seconds) { _ in try await look() != nil }
        return try await look()
    }

    private func job(_ id: Job.ID) async throws(LedgerError) -> Job? {
        try await store { ledger throws(LedgerError) in try ledger.job(id) }
    }

    /// Returns at the first change that counts, or where none came in time. A ledger that cannot be read ends the wait: who
    /// looks next learns of it.
    private func firstChange(
        in changes: AsyncStream<Job.ID>, atMost seconds: Int,
        where counts: @escaping @Sendable (Job.ID) async throws -> Bool
    ) async {
        let clock = clock
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await id in changes {
                        guard let isIt = try? await counts(id), !isIt else { return }
                    }
                }
                group.addTask { try? await clock.sleep(for: .seconds(seconds)) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
