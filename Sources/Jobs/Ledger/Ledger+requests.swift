import FoundationEssentials

/// What people ask of jobs.
extension Ledger {
    /// Queues a job again, due at once: one that is failed, quarantined or cancelled, or that waits for its next attempt.
    public func retry(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.retry, id) { stored, _ in stored.forgetAttempts() }
    }

    /// Ends a queued or running job. Who runs it learns of it from `changes()`, or when it reports the job's end.
    public func cancel(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.cancel, id, Self.cancelled)
    }

    static func cancelled(_ stored: inout StoredJob, at now: Date) {
        stored.job.finishedAt = now
        stored.wait(until: nil, since: now)
    }

    /// Moves a job forward or back in the queue; one that is not queued takes the place if it is queued again.
    public func prioritise(_ id: Job.ID, _ priority: Int) throws(LedgerError) -> Job {
        try edit(id) { $0.job.priority = priority }
    }

    /// Notes the path that the video is written to, whatever the job's state.
    public func redirect(_ id: Job.ID, output: String) throws(LedgerError) -> Job {
        try edit(id) { $0.job.output = output }
    }

    /// Takes over where the source of a job was found, which it was looked for in vain. A queued job is due at once, as if it was not
    /// attempted yet, with the request's output, drop folder and priority; of any other only the place changes.
    ///
    /// - Parameter isBeginning: whether it is a running job, of which nothing is written yet: it gets the rest of the request too.
    public func follow(
        _ id: Job.ID, _ request: JobRequest, isBeginning: Bool = false
    ) throws(LedgerError) -> Job {
        try edit(id) { stored in
            stored.job.source = request.source
            guard stored.job.state == .queued || stored.job.state == .running && isBeginning else { return }
            stored.job.output = request.output
            stored.job.dropFolder = request.dropFolder
            stored.job.priority = request.priority
            guard stored.job.state == .queued else { return }
            stored.job.attempts = 0
            stored.wait(until: nil, since: .distantPast)
        }
    }

    /// Notes where the source lies now, whatever the job's state.
    public func relocate(_ id: Job.ID, source: String) throws(LedgerError) -> Job {
        try edit(id) { $0.job.source = source }
    }
}
