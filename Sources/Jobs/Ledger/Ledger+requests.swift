import FoundationEssentials

/// Requests by people.
extension Ledger {
    /// Queues a job again, due immediately: one that is failed, quarantined or cancelled, or waits for its next
    /// attempt.
    public func retry(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.retry, id) { stored, _ in stored.resetAttempts() }
    }

    /// Cancels a queued or running job. The runner learns of it from `changes()`, or when it reports the job's end.
    public func cancel(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.cancel, id, Self.cancelled)
    }

    static func cancelled(_ stored: inout StoredJob, at now: Date) {
        stored.job.finishedAt = now
        stored.wait(until: nil, since: now)
    }

    /// Sets a job's priority; if the job is not queued, it applies when the job is queued again.
    public func prioritise(_ id: Job.ID, _ priority: Int) throws(LedgerError) -> Job {
        try edit(id) { $0.job.priority = priority }
    }

    /// Records the path to which the video is written, in any state of the job.
    public func redirect(_ id: Job.ID, output: String) throws(LedgerError) -> Job {
        try edit(id) { $0.job.output = output }
    }

    /// Records the path at which a job's missing source was found. A queued job is due immediately, with no attempts
    /// counted, and takes the request's output, drop folder and priority; any other job takes only the new path.
    ///
    /// - Parameter isBeginning: whether the job is running and has written nothing yet: it then takes the rest of the
    ///   request too.
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

    /// Records the current path of the source, in any state of the job.
    public func relocate(_ id: Job.ID, source: String) throws(LedgerError) -> Job {
        try edit(id) { $0.job.source = source }
    }
}
