import FoundationEssentials

/// One row of the jobs table. Every value is checked, since the file may be damaged in ways that SQLite does not
/// detect.
struct JobRow {
    let row: SQLiteRow
    let path: String

    static let columns = """
        id, content, model, options, bytes, watch, source, output, priority, state, attempts, crashes, progress, \
        failure_code, failure_message, warnings, result, created_at, started_at, finished_at, retry_at, waits_since, \
        waits_for, waits, ends, memory_ends
        """

    /// The job in this row, which must have all of `columns`.
    func stored() throws(LedgerError) -> StoredJob {
        let job = Job(
            id: try integer64("id"),
            key: JobKey(content: try text("content"), model: try text("model"), options: try text("options")),
            bytes: try integer64("bytes"), dropFolder: try optionalText("watch"), source: try text("source"),
            output: try text("output"), priority: try integer("priority"), state: try state(),
            attempts: try integer("attempts"), crashes: try integer("crashes"), ends: try integer("ends"),
            memoryEnds: try integer("memory_ends"), waitsFor: try obstacle(),
            progress: try fraction("progress"),
            failure: try failure(), warnings: try strings("warnings"), result: try result(),
            createdAt: UnixTime.date(try integer64("created_at")), startedAt: try time("started_at"),
            finishedAt: try time("finished_at"), retryAt: try time("retry_at"))
        return StoredJob(job: job, waitsSince: try time("waits_since"), waits: try integer("waits"))
    }

    func state() throws(LedgerError) -> JobState {
        guard let state = JobState(rawValue: try text("state")) else { throw damage("state") }
        return state
    }

    private func obstacle() throws(LedgerError) -> JobObstacle? {
        guard let text = try optionalText("waits_for") else { return nil }
        guard let obstacle = JobObstacle(rawValue: text) else { throw damage("waits_for") }
        return obstacle
    }

    func integer(_ column: String) throws(LedgerError) -> Int { Int(try integer64(column)) }

    /// The JSON text that `strings` and `result` read.
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    private func integer64(_ column: String) throws(LedgerError) -> Int64 {
        guard case .integer(let value) = row[column] else { throw damage(column) }
        return value
    }

    private func text(_ column: String) throws(LedgerError) -> String {
        guard case .text(let value) = row[column] else { throw damage(column) }
        return value
    }

    private func optionalText(_ column: String) throws(LedgerError) -> String? {
        if case .null = row[column] { nil } else { try text(column) }
    }

    private func time(_ column: String) throws(LedgerError) -> Date? {
        if case .null = row[column] { nil } else { UnixTime.date(try integer64(column)) }
    }

    private func fraction(_ column: String) throws(LedgerError) -> Double {
        guard case .real(let value) = row[column], (0...1).contains(value) else { throw damage(column) }
        return value
    }

    private func failure() throws(LedgerError) -> JobFailure? {
        guard let code = try optionalText("failure_code") else { return nil }
        return JobFailure(code: code, message: try text("failure_message"))
    }

    private func result() throws(LedgerError) -> JobResult? {
        guard let text = try optionalText("result") else { return nil }
        guard let result = try? JSONDecoder().decode(JobResult.self, from: Data(text.utf8)) else {
            throw damage("result")
        }
        return result
    }

    private func strings(_ column: String) throws(LedgerError) -> [String] {
        let text = try text(column)
        guard let strings = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
            throw damage(column)
        }
        return strings
    }

    private func damage(_ column: String) -> LedgerError {
        LedgerError(.damaged, path, LedgerError.damage("a job's \(column) is not what it can be"))
    }
}

/// Times in the ledger's file: whole milliseconds since 1970.
enum UnixTime {
    /// Larger numbers of milliseconds are not exact as `Double`: about 285,000 years.
    private static let limit = Double(1 << 53)

    /// Never traps: the value is clamped to the limits, and NaN becomes 1970.
    static func milliseconds(_ date: Date) -> Int64 {
        let value = (date.timeIntervalSince1970 * 1000).rounded()
        return value.isNaN ? 0 : Int64(min(max(value, -limit), limit))
    }

    static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
