import FoundationEssentials

/// Whose turn it is. Each question has an index of its own, so that however many jobs wait or are done, few rows are looked at.
extension JobTable {
    /// The condition of the indexes of jobs that wait for another attempt.
    private static let isWaiting = "state = 'queued' AND retry_at IS NOT NULL"

    /// The job of each drop folder whose turn it is within it, among those that are not paused: the highest priority, then the lowest
    /// number, since a clock can be put back. One whose end without a word has cost the daemon before comes only where no drop folder has another.
    func nextOfEachDropFolder(at now: Date, except others: Set<String>) throws -> [StoredJob] {
        guard try !isEverythingPaused() else { return [] }
        let time = UnixTime.milliseconds(now)
        let dropFolders = try dropFoldersWithQueue().filter { $0.map(others.contains) != true }
        for goesLast in [false, true] {
            let jobs = try dropFolders.compactMap { dropFolder in
                try fetch(
                    """
                    WHERE state = 'queued' AND watch IS ? AND (retry_at IS NULL OR retry_at <= ? OR waits_since > ?)
                        AND \(Self.isNotPaused)
                        AND (memory_ends > 0 OR ends >= \(Job.manyEnds)) = ?
                    ORDER BY priority DESC, id LIMIT 1
                    """, [dropFolder, time, time, goesLast], by: "jobs_by_watch_and_turn"
                ).first
            }
            if !jobs.isEmpty { return jobs }
        }
        return []
    }

    /// The names of the drop folders that have queued jobs, nil for jobs of none: a step through the index for each.
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

    /// When the first of the jobs that wait, and are not paused, is due.
    func nextRetry(at now: Date, except dropFolders: Set<String>) throws -> Date? {
        guard try !isEverythingPaused() else { return nil }
        let time = UnixTime.milliseconds(now)
        let (isOfOthers, names) = Self.isOfOthers(dropFolders)
        let isMeant = "WHERE \(Self.isWaiting) AND \(Self.isNotPaused) AND \(isOfOthers)"
        let due = try database.integer(
            "SELECT retry_at FROM jobs INDEXED BY jobs_by_retry \(isMeant) ORDER BY retry_at LIMIT 1", names)
        let clockWasPutBack = try database.integer(
            "SELECT 1 FROM jobs INDEXED BY jobs_by_wait \(isMeant) AND waits_since > ? LIMIT 1", names + [time])
        if clockWasPutBack != nil {
            return UnixTime.date(min(due ?? time, time))
        }
        return due.map(UnixTime.date)
    }
}
