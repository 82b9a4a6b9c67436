import FoundationEssentials

/// The jobs table, within one transaction.
struct JobTable {
    let database: SQLiteDatabase
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

    /// Newest first.
    func jobs(content: String, limit: Int) throws -> [Job] {
        try fetch("WHERE content = ? ORDER BY id DESC LIMIT ?", [content, limit]).map(\.job)
    }

    /// The lowest and the highest job number; nil without jobs.
    func bounds() throws -> (first: Job.ID, last: Job.ID)? {
        func one(_ order: String) throws -> Job.ID? {
            try database.integer("SELECT id FROM jobs ORDER BY id \(order) LIMIT 1")
        }
        guard let first = try one("ASC"), let last = try one("DESC") else { return nil }
        return (first, last)
    }

    /// Oldest first.
    func running() throws -> [Job] {
        try fetch("WHERE state = 'running' ORDER BY id", []).map(\.job)
    }

    /// The number of queued jobs that wait for an obstacle.
    func obstructed() throws -> Int {
        let count = try database.integer(
            "SELECT COUNT(*) FROM jobs INDEXED BY jobs_that_wait WHERE waits_for IS NOT NULL AND state = 'queued'")
        return Int(count ?? 0)
    }

    /// Makes all queued jobs whose output is below `folder` wait.
    func hold(folder: String, _ failure: JobFailure, until retryAt: Date, since now: Date) throws {
        let prefix = folder + "/"
        try database.run(
            """
            UPDATE jobs SET waits_for = 'output', failure_code = ?, failure_message = ?, retry_at = ?, waits_since = ?
            WHERE state = 'queued' AND substr(output, 1, ?) = ?
            """,
            [
                failure.code, failure.message, UnixTime.milliseconds(retryAt), UnixTime.milliseconds(now),
                prefix.unicodeScalars.count,
                prefix,
            ])
    }

    /// Ends the waits of queued jobs whose output is below `folder`.
    func resume(folder: String) throws {
        let prefix = folder + "/"
        try database.run(
            """
            UPDATE jobs SET waits_for = NULL, waits = 0, retry_at = NULL, waits_since = NULL
            WHERE state = 'queued' AND waits_for = 'output' AND substr(output, 1, ?) = ?
            """, [prefix.unicodeScalars.count, prefix])
    }

    /// - Returns: the job as stored.
    func insert(_ request: JobRequest, at now: Date) throws -> Job {
        try database.run(
            """
            INSERT INTO jobs (content, model, options, bytes, watch, source, output, priority, state, attempts,
                progress, warnings, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, '[]', ?)
            """,
            [
                request.key.content, request.key.model, request.key.options, request.bytes, request.dropFolder,
                request.source, request.output, request.priority, UnixTime.milliseconds(now),
            ])
        return try existing(database.lastInsertedRow).job
    }

    /// - Returns: the job as stored.
    func update(_ stored: StoredJob) throws -> Job {
        let job = stored.job
        try database.run(
            """
            UPDATE jobs SET watch = ?, source = ?, output = ?, priority = ?, state = ?, attempts = ?, crashes = ?,
                progress = ?, failure_code = ?, failure_message = ?, warnings = ?, result = ?, started_at = ?, finished_at = ?,
                retry_at = ?, waits_since = ?, waits_for = ?, waits = ?,
                ends = ?, memory_ends = ?
            WHERE id = ?
            """,
            [
                job.dropFolder, job.source, job.output, job.priority, job.state.rawValue, job.attempts, job.crashes,
                job.progress, job.failure?.code, job.failure?.message, try JobRow.text(job.warnings),
                try job.result.map { try JobRow.text($0) },
                job.startedAt.map(UnixTime.milliseconds), job.finishedAt.map(UnixTime.milliseconds),
                job.retryAt.map(UnixTime.milliseconds), stored.waitsSince.map(UnixTime.milliseconds),
                job.waitsFor?.rawValue, stored.waits, job.ends, job.memoryEnds, job.id,
            ])
        return try existing(job.id).job
    }

    /// The SQL condition that excludes jobs of these drop folders, and its arguments.
    static func excluding(_ dropFolders: Set<String>) -> (sql: String, arguments: [any SQLiteBindable]) {
        guard !dropFolders.isEmpty else { return ("TRUE", []) }
        let marks = dropFolders.map { _ in "?" }.joined(separator: ", ")
        return ("(watch IS NULL OR watch NOT IN (\(marks)))", dropFolders.sorted())
    }

    /// - Parameter index: the index to use, if SQLite would choose another.
    func fetch(
        _ clauses: String, _ arguments: [any SQLiteBindable], by index: String? = nil
    ) throws -> [StoredJob] {
        let table = index.map { "jobs INDEXED BY \($0)" } ?? "jobs"
        let rows = try database.run("SELECT \(JobRow.columns) FROM \(table) \(clauses)", arguments)
        return try rows.map { try JobRow(row: $0, path: path).stored() }
    }
}
