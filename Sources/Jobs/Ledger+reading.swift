/// What the ledger knows.
extension Ledger {
    /// How many jobs `jobs` returns at most.
    static let listLimit = 1_000

    public func job(_ id: Job.ID) throws(LedgerError) -> Job? {
        try connection.read { try $0.job(id)?.job }
    }

    public func job(_ key: JobKey) throws(LedgerError) -> Job? {
        try connection.read { try $0.job(key)?.job }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - states: nil for all.
    ///   - watch: only those of this watched folder; nil for all.
    ///   - before: only those older than this job: the last of one page gives the next.
    ///   - limit: 1…1000; what is beyond becomes the limit.
    public func jobs(
        states: Set<JobState>? = nil, watch: String? = nil, before: Job.ID? = nil, limit: Int = 100
    ) throws(LedgerError) -> [Job] {
        let limit = min(max(limit, 1), Self.listLimit)
        return try connection.read { try $0.jobs(states: states, watch: watch, before: before, limit: limit) }
    }

    /// How many jobs are in each state; every state is there.
    public func counts() throws(LedgerError) -> [JobState: Int] {
        try connection.read { try $0.counts() }
    }
}
