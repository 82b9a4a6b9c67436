import FoundationEssentials

/// Requests that change many jobs.
extension Ledger {
    /// The outcome of one step of a change of many jobs.
    public struct Step: Sendable {
        public var changed: [Job]
        /// Where the next step begins; nil after the last.
        public var next: Job.ID?
    }

    /// The maximum number of jobs that one step changes: other callers wait no longer than one step, and listeners of
    /// `changes()` receive every change.
    static let stepLimit = 100

    /// Queues again, like `retry`, the selected jobs whose state allows it, newest first.
    ///
    /// - Parameters:
    ///   - except: jobs that are not changed.
    ///   - before: only jobs older than this one: the `next` of the previous step.
    public func retry(
        _ filter: JobFilter, except: Set<Job.ID> = [], before: Job.ID? = nil
    ) throws(LedgerError) -> Step {
        try change(.retry, filter, except: except, before: before) { stored, _ in stored.resetAttempts() }
    }

    /// Cancels, like `cancel`, the selected jobs whose state allows it, newest first.
    public func cancel(_ filter: JobFilter, before: Job.ID? = nil) throws(LedgerError) -> Step {
        try change(.cancel, filter, except: [], before: before, Self.cancelled)
    }

    private func change(
        _ transition: JobTransition, _ filter: JobFilter, except: Set<Job.ID>, before: Job.ID?,
        _ change: (inout StoredJob, Date) -> Void
    ) throws(LedgerError) -> Step {
        let step = try connection.write { table -> Step in
            let span = try JobSpan(filter, before: before, table)
            let found = try table.jobs(filter, span, limit: Self.stepLimit)
            var changed: [Job] = []
            for var stored in found where transition.allows(stored.job) && !except.contains(stored.job.id) {
                stored.job.state = transition.target
                change(&stored, now())
                changed.append(try table.update(stored))
            }
            return Step(changed: changed, next: found.count == Self.stepLimit ? found.last?.job.id : span.rest)
        }
        for job in step.changed { broadcaster.announce(job.id) }
        return step
    }
}
