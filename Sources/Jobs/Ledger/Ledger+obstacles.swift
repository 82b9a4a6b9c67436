import FoundationEssentials

/// Jobs that wait for an obstacle that a person has to remove.
extension Ledger {
    /// Returns a running job to the queue because of an obstacle; the attempt does not count.
    ///
    /// - Parameter retryAt: when to try again, given the number of such waits in a row before this one.
    public func obstruct(
        _ id: Job.ID, by obstacle: JobObstacle, _ failure: JobFailure, retryAt: (_ waits: Int) -> Date
    ) throws(LedgerError) -> Job {
        try transition(.obstruct, id) { stored, now in
            stored.job.attempts = max(0, stored.job.attempts - 1)
            stored.job.progress = 0
            stored.job.failure = Self.bounded(failure)
            stored.job.waitsFor = obstacle
            stored.wait(until: retryAt(stored.waits), since: now)
            stored.waits = min(stored.waits, Int.max - 1) + 1
        }
    }

    /// Makes every queued job wait whose output is below `folder`, with the failure as its reason.
    public func hold(folder: String, _ failure: JobFailure, retryAt: Date) throws(LedgerError) {
        try connection.write { try $0.hold(folder: folder, Self.bounded(failure), until: retryAt, since: now()) }
    }

    /// Ends the waits for `folder`: its jobs are due again. Also clears the obstacle of `id`, which is running.
    public func resume(folder: String, running id: Job.ID) throws(LedgerError) {
        try connection.write { table in
            try table.resume(folder: folder)
            var stored = try table.existing(id)
            stored.job.waitsFor = nil
            _ = try table.update(stored)
        }
        broadcaster.announce(id)
    }

    /// The number of queued jobs that wait for an obstacle.
    public func obstructed() throws(LedgerError) -> Int {
        try connection.read { try $0.obstructed() }
    }
}
