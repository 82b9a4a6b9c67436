/// Queries.
extension Ledger {
    /// The maximum number of jobs that one call returns.
    static let listLimit = 1_000

    public func job(_ id: Job.ID) throws(LedgerError) -> Job? {
        try connection.read { try $0.job(id)?.job }
    }

    public func job(_ key: JobKey) throws(LedgerError) -> Job? {
        try connection.read { try $0.job(key)?.job }
    }

    /// The jobs for one content, with any network and options, newest first; at most `listLimit`.
    public func jobs(content: String) throws(LedgerError) -> [Job] {
        try connection.read { try $0.jobs(content: content, limit: Self.listLimit) }
    }

    /// Newest first.
    ///
    /// - Parameters:
    ///   - states: nil for all states.
    ///   - dropFolder: only jobs of this drop folder; nil for all.
    ///   - before: only jobs older than this one: the last job of the previous page.
    ///   - limit: clamped to 1…1000.
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
    ///   - before: only jobs older than this one: the `next` of the previous page.
    ///   - limit: clamped to 1…1000.
    public func page(_ filter: JobFilter, before: Job.ID? = nil, limit: Int = 100) throws(LedgerError) -> JobPage {
        let limit = min(max(limit, 1), Self.listLimit)
        return try connection.read { table in
            let span = try JobSpan(filter, before: before, table)
            // One more than requested, to know whether there is another page.
            let found = try table.jobs(filter, span, limit: limit + 1).map(\.job)
            let page = Array(found.prefix(limit))
            return JobPage(jobs: page, next: found.count > limit ? page.last?.id : span.rest)
        }
    }

    /// The number of jobs in each state, with an entry for every state.
    public func counts() throws(LedgerError) -> [JobState: Int] {
        try connection.read { try $0.counts() }
    }
}
