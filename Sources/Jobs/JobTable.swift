import Foundation
internal import GRDB

/// The table of jobs, inside one transaction.
struct JobTable {
    let database: Database
    let path: String

    func job(_ id: Job.ID) throws -> StoredJob? {
        try fetch("WHERE id = ?", [id]).first
    }

    /// - Throws: `LedgerError.Code.notFound`.
    func existing(_ id: Job.ID) throws -> StoredJob {
        guard let stored = try job(id) else { throw LedgerError.notFound(id, path) }
        return stored
    }

    func job(_ key: JobKey) throws -> StoredJob? {
        try fetch("WHERE content = ? AND model = ? AND options = ?", [key.content, key.model, key.options]).first
    }

    /// The queued job whose turn it is, among those that are not paused. Equals go by number, since a clock can be put back.
    func next(at now: Date, except watches: Set<String>) throws -> StoredJob? {
        guard try !isEverythingPaused() else { return nil }
        let time = UnixTime.milliseconds(now)
        let (isOfOthers, names) = Self.isOfOthers(watches)
        return try fetch(
            """
            WHERE state = 'queued' AND (retry_at IS NULL OR retry_at <= ? OR waits_since > ?) AND \(Self.isNotPaused)
                AND \(isOfOthers)
            ORDER BY priority DESC, id LIMIT 1
            """, [time, time] + names
        ).first
    }

    /// When the first of the jobs that wait, and are not paused, is due.
    func nextRetry(at now: Date, except watches: Set<String>) throws -> Date? {
        guard try !isEverythingPaused() else { return nil }
        let time = UnixTime.milliseconds(now)
        let (isOfOthers, names) = Self.isOfOthers(watches)
        let statement = try database.cachedStatement(
            sql: """
                SELECT MIN(CASE WHEN waits_since > ? THEN ? ELSE retry_at END) FROM jobs
                WHERE state = 'queued' AND retry_at IS NOT NULL AND \(Self.isNotPaused)
                    AND \(isOfOthers)
                """)
        return try Int64.fetchOne(statement, arguments: [time, time] + names).map(UnixTime.date)
    }

    /// Newest first.
    func jobs(_ filter: JobFilter, _ span: JobSpan, limit: Int) throws -> [StoredJob] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if let states = filter.states {
            conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(states.map(\.rawValue))
        }
        if let watch = filter.watch {
            conditions.append("watch = ?")
            arguments += [watch]
        }
        if let before = span.before {
            conditions.append("id < ?")
            arguments += [before]
        }
        if let from = span.from {
            conditions.append("id >= ?")
            arguments += [from]
        }
        if let name = filter.name {
            // What follows the last slash: `rtrim` takes away all that is no slash. Most paths hold the name nowhere, which is
            // found out in a fifth of the time.
            conditions.append(
                """
                instr(lower(source), lower(?)) > 0
                AND instr(lower(substr(source, length(rtrim(source, replace(source, '/', ''))) + 1)), lower(?)) > 0
                """)
            arguments += [name, name]
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try fetch("\(clause) ORDER BY id DESC LIMIT ?", arguments + [limit])
    }

    /// The first job's number and the last's; nil without jobs.
    func bounds() throws -> (first: Job.ID, last: Job.ID)? {
        func one(_ order: String) throws -> Job.ID? {
            try Int64.fetchOne(try database.cachedStatement(sql: "SELECT id FROM jobs ORDER BY id \(order) LIMIT 1"))
        }
        guard let first = try one("ASC"), let last = try one("DESC") else { return nil }
        return (first, last)
    }

    /// Oldest first.
    func running() throws -> [Job] {
        try fetch("WHERE state = 'running' ORDER BY id", []).map(\.job)
    }

    func counts() throws -> [JobState: Int] {
        var counts = Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) })
        for row in try Row.fetchAll(database, sql: "SELECT state, COUNT(*) AS count FROM jobs GROUP BY state") {
            let columns = JobRow(row: row, path: path)
            counts[try columns.state()] = try columns.integer("count")
        }
        return counts
    }

    /// - Returns: the job as it reads from now on.
    func insert(_ request: JobRequest, at now: Date) throws -> Job {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO jobs (content, model, options, bytes, watch, source, output, priority, state, attempts,
                    progress, warnings, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, '[]', ?)
                """)
        try statement.execute(arguments: [
            request.key.content, request.key.model, request.key.options, request.bytes, request.watch, request.source,
            request.output, request.priority, UnixTime.milliseconds(now),
        ])
        return try existing(database.lastInsertedRowID).job
    }

    /// - Returns: the job as it reads from now on.
    func update(_ stored: StoredJob) throws -> Job {
        let job = stored.job
        let statement = try database.cachedStatement(
            sql: """
                UPDATE jobs SET watch = ?, source = ?, output = ?, priority = ?, state = ?, attempts = ?, crashes = ?,
                    progress = ?, failure_code = ?, failure_message = ?, warnings = ?, result = ?, started_at = ?, finished_at = ?,
                    retry_at = ?, waits_since = ?
                WHERE id = ?
                """)
        try statement.execute(arguments: [
            job.watch, job.source, job.output, job.priority, job.state.rawValue, job.attempts, job.crashes,
            job.progress, job.failure?.code, job.failure?.message, try JobRow.text(job.warnings),
            try job.result.map { try JobRow.text($0) },
            job.startedAt.map(UnixTime.milliseconds), job.finishedAt.map(UnixTime.milliseconds),
            job.retryAt.map(UnixTime.milliseconds), stored.waitsSince.map(UnixTime.milliseconds), job.id,
        ])
        return try existing(job.id).job
    }

    /// The condition for a job of none of these watched folders, and its arguments.
    private static func isOfOthers(_ watches: Set<String>) -> (sql: String, arguments: StatementArguments) {
        guard !watches.isEmpty else { return ("TRUE", []) }
        let marks = watches.map { _ in "?" }.joined(separator: ", ")
        return ("(watch IS NULL OR watch NOT IN (\(marks)))", StatementArguments(watches.sorted()))
    }

    private func fetch(_ clauses: String, _ arguments: StatementArguments) throws -> [StoredJob] {
        let statement = try database.cachedStatement(sql: "SELECT \(JobRow.columns) FROM jobs \(clauses)")
        return try Row.fetchAll(statement, arguments: arguments).map { try JobRow(row: $0, path: path).stored() }
    }
}
