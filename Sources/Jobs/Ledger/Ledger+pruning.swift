import FoundationEssentials

/// Removal of old jobs.
extension Ledger {
    /// The number of jobs that one step examines: other callers wait no longer than one step.
    static let pruningLimit = 200

    /// The outcome of one step of pruning.
    public struct Pruning: Sendable {
        public var removed: Int
        /// Where the next step begins; nil after the last.
        public var next: PruningCursor?
    }

    /// Removes jobs that have ended, the earliest end first. Queued, running and quarantined jobs are kept, and so is
    /// the newest job.
    ///
    /// - Parameter isNeeded: whether a job must be kept. It must not use the ledger.
    public func prune(
        _ rule: PruningRule, from place: PruningCursor? = nil, isNeeded: (Job) -> Bool
    ) throws(LedgerError) -> Pruning {
        try connection.write { table -> Pruning in
            var kept = place?.kept ?? 0
            let counts = try table.counts().filter { JobTable.removableStates.contains($0.key) }
            // A job that is kept uses up excess too; otherwise a newer job would be removed in its place.
            var excess = rule.maximumJobs.map { counts.values.reduce(0, +) - kept - $0 } ?? 0
            let ended = try table.ended(after: place, limit: Self.pruningLimit)
            // If it were removed, its number would be given to the next job.
            let last = try table.bounds()?.last
            var pruning = Pruning(removed: 0, next: nil)
            for job in ended.map(\.job) {
                guard let end = job.finishedAt else { continue }
                guard excess > 0 || rule.before.map({ end < $0 }) == true else {
                    pruning.next = nil
                    return pruning
                }
                excess -= 1
                if job.id == last || isNeeded(job) {
                    kept += 1
                } else {
                    try table.delete(job.id)
                    pruning.removed += 1
                }
                pruning.next = PruningCursor(end: UnixTime.milliseconds(end), id: job.id, kept: kept)
            }
            if ended.count < Self.pruningLimit { pruning.next = nil }
            return pruning
        }
    }

    /// Checks whether a change would reach the disk.
    ///
    /// - Throws: the error that a change would throw.
    public func probe() throws(LedgerError) {
        try connection.write { try $0.touch() }
    }
}

/// The position of pruning: the end and the number of the last examined job, and how many jobs were kept because they
/// are needed.
public struct PruningCursor: Sendable, Hashable {
    /// Milliseconds since 1970.
    let end: Int64
    let id: Job.ID
    let kept: Int
}

/// Which jobs may be removed.
public struct PruningRule: Sendable, Hashable {
    /// Jobs that ended before this time; nil removes none by age.
    public var before: Date?
    /// The number of ended jobs to keep, the newest ones; nil removes none by number.
    public var maximumJobs: Int?

    public init(before: Date?, maximumJobs: Int?) {
        self.before = before
        self.maximumJobs = maximumJobs
    }
}
