import JobService
import Jobs
import ServiceLifecycle

/// Waits for changes that the ledger announces, without polling.
struct JobWait: Sendable {
    let store: JobStore
    let clock: any Clock<Duration>

    /// The job once it is done, failed, quarantined or cancelled, or when the time is up or the daemon stops.
    ///
    /// - Throws: `LedgerError`, also if there is no such job.
    func settled(_ id: Job.ID, atMost seconds: Int) async throws -> Job? {
        let isOver = { @Sendable (job: Job?) in job.map { ![.queued, .running].contains($0.state) } ?? true }
        // Before the first query, so that no later change is missed.
        let changes = store.changes()
        let job = try await job(id)
        guard !isOver(job) else { return job }
        await firstChange(in: changes, atMost: seconds) { changed in
            guard changed == id else { return false }
            return try await isOver(self.job(id))
        }
        return try await self.job(id)
    }

    /// The job with a key, as soon as it exists; nil when the time is up or the daemon stops.
    func admitted(_ key: JobKey, atMost seconds: Int) async throws -> Job? {
        let changes = store.changes()
        let find = { @Sendable in try await store { ledger throws(LedgerError) in try ledger.job(key) } }
        if let job = try await find() { return job }
        guard seconds > 0 else { return nil }
        await firstChange(in: changes, atMost: seconds) { _ in try await find() != nil }
        return try await find()
    }

    private func job(_ id: Job.ID) async throws(LedgerError) -> Job? {
        try await store { ledger throws(LedgerError) in try ledger.job(id) }
    }

    /// Returns at the first relevant change, or when the time is up. A ledger that cannot be read ends the wait; the
    /// caller's next query reports the error.
    private func firstChange(
        in changes: AsyncStream<Job.ID>, atMost seconds: Int,
        where isRelevant: @escaping @Sendable (Job.ID) async throws -> Bool
    ) async {
        let clock = clock
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await id in changes {
                        guard let isMatch = try? await isRelevant(id), !isMatch else { return }
                    }
                }
                group.addTask { try? await clock.sleep(for: .seconds(seconds)) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
