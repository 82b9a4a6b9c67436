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

    /// The jobs with one content, whatever the network and the options, newest first; the ledger's limit of a list counts.
    public func jobs(content: String) throws(LedgerError) -> [Job] {
        try connection.read { try $0.jobs(content: content, limit: Self.listLimit) }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - states: nil for all.
    ///   - dropFolder: only those of this drop folder; nil for all.
    ///   - before: only those older than this job: the last of one page gives the next.
    ///   - limit: 1…1000; what is beyond becomes the limit.
    public func jobs(
        states: Set<JobState>? = nil, dropFolder: String? = nil, before: Job.ID? = nil, limit: Int = 100
    ) throws(LedgerError) -> [Job] {
        let limit = min(max(limit, 1), Self.listLimit)
        let filter = JobFilter(states: states, dropFolder: dropFolder)
        return try connection.read { table in
            try table.jobs(filter, JobSpan(filter, before: before, table), limit: limit).map(\.job)
        }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - before: only those older than this job, the `next` of the page before.
    ///   - limit: 1…1000; what is beyond becomes the limit.
    public func page(_ filter: JobFilter, before: Job.ID? = nil, limit: Int = 100) throws(LedgerError) -> JobPage {
        let limit = min(max(limit, 1), Self.listLimit)
        return try connection.read { table in
            let span = try JobSpan(filter, before: before, table)
            // One more than asked for says whether there is another page.
            let found = try table.jobs(filter, span, limit: limit + 1).map(\.job)
            let page = Array(found.prefix(limit))
            return JobPage(jobs: page, next: found.count > limit ? page.last?.id : span.rest)
        }
    }

    /// How many jobs are in each state; every state is there.
    public func counts() throws(LedgerError) -> [JobState: Int] {
        try connection.read { try $0.counts() }
    }
}
