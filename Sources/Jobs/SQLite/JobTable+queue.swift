import FoundationEssentials

/// The order of the queue. Each query has its own index, so that it reads few rows no matter how many jobs wait or have
/// ended.
extension JobTable {
    /// The condition of the indexes of jobs that wait for another attempt.
    private static let isWaiting = "state = 'queued' AND retry_at IS NOT NULL"

    /// The next job of each drop folder among those that are due and not paused: the highest priority, then the lowest
    /// number rather than the earliest time, since a clock can be set back. Jobs that go last are returned only if no
    /// drop folder has any other.
    func nextOfEachDropFolder(at now: Date, except excluded: Set<String>) throws -> [StoredJob] {
        guard try !isEverythingPaused() else { return [] }
        let time = UnixTime.milliseconds(now)
        let dropFolders = try dropFoldersWithQueue().filter { $0.map(excluded.contains) != true }
        for goesLast in [false, true] {
            let jobs = try dropFolders.compactMap { dropFolder in
                try fetch(
                    """
                    WHERE state = 'queued' AND watch IS ? AND (retry_at IS NULL OR retry_at <= ? OR waits_since > ?)
                        AND \(Self.isNotPaused)
                        AND (memory_ends > 0 OR ends >= \(Job.goLastThreshold)) = ?
                    ORDER BY priority DESC, id LIMIT 1
                    """, [dropFolder, time, time, goesLast], by: "jobs_by_watch_and_turn"
                ).first
            }
            if !jobs.isEmpty { return jobs }
        }
        return []
    }

    /// The names of the drop folders with queued jobs, and nil for jobs without a drop folder; reads one index entry
    /// per folder.
    private func dropFoldersWithQueue() throws -> [String?] {
        let names = try database.run(
            """
            WITH RECURSIVE found(name) AS (
                SELECT MIN(watch) FROM jobs INDEXED BY jobs_by_watch_and_turn WHERE state = 'queued'
                UNION ALL
                SELECT (SELECT MIN(watch) FROM jobs INDEXED BY jobs_by_watch_and_turn WHERE state = 'queued' AND watch > name) FROM found
                WHERE name IS NOT NULL)
            SELECT name FROM found WHERE name IS NOT NULL
            """)
        return [nil] + names.compactMap { $0["name"].text }
    }

    /// The time at which the first waiting job that is not paused is due.
    func nextRetry(at now: Date, except dropFolders: Set<String>) throws -> Date? {
        guard try !isEverythingPaused() else { return nil }
        let time = UnixTime.milliseconds(now)
        let (isIncluded, names) = Self.excluding(dropFolders)
        let condition = "WHERE \(Self.isWaiting) AND \(Self.isNotPaused) AND \(isIncluded)"
        let due = try database.integer(
            "SELECT retry_at FROM jobs INDEXED BY jobs_by_retry \(condition) ORDER BY retry_at LIMIT 1", names)
        let clockWasPutBack = try database.integer(
            "SELECT 1 FROM jobs INDEXED BY jobs_by_wait \(condition) AND waits_since > ? LIMIT 1", names + [time])
        if clockWasPutBack != nil {
            return UnixTime.date(min(due ?? time, time))
        }
        return due.map(UnixTime.date)
    }
}
