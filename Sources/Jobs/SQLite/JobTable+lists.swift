import FoundationEssentials

/// Lists and counts of jobs.
extension JobTable {
    /// Newest first.
    func jobs(_ filter: JobFilter, _ span: JobSpan, limit: Int) throws -> [StoredJob] {
        var conditions: [String] = []
        var arguments: [any SQLiteBindable] = []
        if let states = filter.states {
            conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
            arguments += states.map(\.rawValue)
        }
        if let dropFolder = filter.dropFolder {
            conditions.append("watch = ?")
            arguments.append(dropFolder)
        }
        if let before = span.before {
            conditions.append("id < ?")
            arguments.append(before)
        }
        if let from = span.from {
            conditions.append("id >= ?")
            arguments.append(from)
        }
        if let name = filter.name {
            // The part after the last slash: `rtrim` removes every trailing character that is not a slash.
            conditions.append(
                "instr(lower(substr(source, length(rtrim(source, replace(source, '/', ''))) + 1)), lower(?)) > 0")
            arguments.append(name)
        }
        // With several states no index gives the order: SQLite would first sort all of their jobs.
        if let states = filter.states, states.count > 1, filter.name == nil {
            return try jobs(in: states, filter, span, limit: limit)
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try fetch("\(clause) ORDER BY id DESC LIMIT ?", arguments + [limit])
    }

    /// Merges the newest jobs of each state.
    private func jobs(in states: Set<JobState>, _ filter: JobFilter, _ span: JobSpan, limit: Int) throws -> [StoredJob]
    {
        try states.flatMap { state in
            var one = filter
            one.states = [state]
            return try jobs(one, span, limit: limit)
        }.sorted { $0.job.id > $1.job.id }.prefix(limit).map(\.self)
    }

    /// The number of jobs in each state, as counted by triggers.
    func counts() throws -> [JobState: Int] {
        var counts = Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) })
        for row in try database.run("SELECT state, count FROM job_counts") {
            let columns = JobRow(row: row, path: path)
            counts[try columns.state()] = try columns.integer("count")
        }
        return counts
    }
}

extension JobTable {
    /// The states of jobs that may be removed.
    static let removableStates: Set<JobState> = [.done, .failed, .cancelled]

    /// Ended jobs that may be removed, the earliest end first. Quarantined jobs are not included, because they prevent
    /// their files from being tried again.
    func ended(after place: PruningCursor?, limit: Int) throws -> [StoredJob] {
        try fetch(
            """
            WHERE finished_at IS NOT NULL AND (finished_at, id) > (?, ?) AND state IN ('done', 'failed', 'cancelled')
            ORDER BY finished_at, id LIMIT ?
            """, [place?.end ?? Int64.min, place?.id ?? Int64.min, limit], by: "jobs_by_end")
    }

    func delete(_ id: Job.ID) throws {
        try database.run("DELETE FROM jobs WHERE id = ?", [id])
    }

    /// Writes to the database without changing any value.
    func touch() throws {
        try database.run(
            "INSERT INTO job_counts VALUES ('queued', 0) ON CONFLICT (state) DO UPDATE SET count = count")
    }
}
