import FoundationEssentials

/// What people ask of many jobs at once.
extension Ledger {
    /// What one step of a change of many jobs did.
    public struct Step: Sendable {
        public var changed: [Job]
        /// Where the next step begins; nil after the last.
        public var next: Job.ID?
    }

    /// Jobs that one step changes at most: others that ask wait for no longer than that takes, and who listens to `changes()`
    /// hears of each.
    static let stepLimit = 100

    /// Queues jobs again as `retry` does: those of the filter that can be, newest first.
    ///
    /// - Parameters:
    ///   - except: are left as they are.
    ///   - before: only those older than this job, the `next` of the step before.
    public func retry(
        _ filter: JobFilter, except: Set<Job.ID> = [], before: Job.ID? = nil
    ) throws(LedgerError) -> Step {
        try change(.retry, filter, except: except, before: before) { stored, _ in stored.forgetAttempts() }
    }

    /// Ends jobs as `cancel` does: those of the filter that can be, newest first.
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
