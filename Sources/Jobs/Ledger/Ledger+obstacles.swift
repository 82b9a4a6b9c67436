import FoundationEssentials

/// Jobs that wait for what a person has to mend.
extension Ledger {
    /// Puts a running job back because something is in its way: the attempt does not count.
    ///
    /// - Parameter retryAt: when it is to be tried again, given how many such waits in a row there were before.
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

    /// Lets every queued job wait whose output lies in `folder`, and says why.
    public func hold(folder: String, _ failure: JobFailure, retryAt: Date) throws(LedgerError) {
        try connection.write { try $0.hold(folder: folder, Self.bounded(failure), until: retryAt, since: now()) }
    }

    /// Ends the waits for `folder`: the jobs are due in their turn. `id`, which runs, has nothing in its way any more.
    public func resume(folder: String, running id: Job.ID) throws(LedgerError) {
        try connection.write { table in
            try table.resume(folder: folder)
            var stored = try table.existing(id)
            stored.job.waitsFor = nil
            _ = try table.update(stored)
        }
        broadcaster.announce(id)
    }

    /// How many queued jobs wait for what a person has to mend.
    public func obstructed() throws(LedgerError) -> Int {
        try connection.read { try $0.obstructed() }
    }
}
