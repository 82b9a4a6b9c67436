@testable import Jobs

extension LedgerFixture {
    /// Copies the last job until there are `count` jobs, in one transaction.
    func multiply(to count: Int) throws {
        try ledger.connection.execute(
            """
            WITH RECURSIVE number(n) AS (SELECT COUNT(*) + 1 FROM jobs UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
            INSERT INTO jobs (content, model, options, bytes, source, output, priority, state, attempts, progress,
                warnings, created_at)
            SELECT 'copy ' || n, model, options, bytes, source, output, priority, 'queued', 0, 0, '[]', created_at
            FROM number, (SELECT * FROM jobs ORDER BY id DESC LIMIT 1)
            """)
    }
}
