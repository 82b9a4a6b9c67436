import Foundation
internal import GRDB

extension JobTable {
    /// The states of jobs that may be forgotten.
    static let forgettable: Set<JobState> = [.done, .failed, .cancelled]

    /// Jobs that are over and may be forgotten, the longest over first. Those in quarantine are not among them: they keep their
    /// files from being tried again.
    func ended(after place: PruningPlace?, limit: Int) throws -> [StoredJob] {
        try fetch(
            """
            WHERE finished_at IS NOT NULL AND (finished_at, id) > (?, ?) AND state IN ('done', 'failed', 'cancelled')
            ORDER BY finished_at, id LIMIT ?
            """, [place?.end ?? Int64.min, place?.id ?? Int64.min, limit], by: "jobs_by_end")
    }

    func delete(_ id: Job.ID) throws {
        try database.cachedStatement(sql: "DELETE FROM jobs WHERE id = ?").execute(arguments: [id])
    }

    /// Writes something that changes nothing.
    func touch() throws {
        try database.execute(
            sql: "INSERT INTO job_counts VALUES ('queued', 0) ON CONFLICT (state) DO UPDATE SET count = count")
    }
}
