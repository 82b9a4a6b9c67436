import Foundation
internal import GRDB

extension JobTable {
    /// Stored instead of a drop folder's name for a pause of all jobs.
    private static let everything = ""

    /// The condition for a job whose own drop folder is not paused.
    static let isNotPaused = "NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.watch = jobs.watch)"

    /// Checked first: otherwise every queued job would be examined.
    func isEverythingPaused() throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM pauses WHERE watch = ?")
        return try Int64.fetchOne(statement, arguments: [Self.everything]) != nil
    }

    func pauses() throws -> JobPauses {
        var pauses = JobPauses()
        for row in try Row.fetchAll(database, sql: "SELECT watch, since FROM pauses") {
            guard let dropFolder = String.fromDatabaseValue(row["watch"]),
                let since = Int64.fromDatabaseValue(row["since"])
            else { throw LedgerError(.damaged, path, LedgerError.damage("a pause is not what it can be")) }
            if dropFolder == Self.everything {
                pauses.all = UnixTime.date(since)
            } else {
                pauses.dropFolders[dropFolder] = UnixTime.date(since)
            }
        }
        return pauses
    }

    func pause(_ dropFolder: String?, at now: Date) throws {
        try database.execute(
            sql: "INSERT INTO pauses (watch, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [dropFolder ?? Self.everything, UnixTime.milliseconds(now)])
    }

    func resume(_ dropFolder: String?) throws {
        guard let dropFolder else { return try database.execute(sql: "DELETE FROM pauses") }
        try database.execute(sql: "DELETE FROM pauses WHERE watch = ?", arguments: [dropFolder])
    }
}
