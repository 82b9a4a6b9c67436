import FoundationEssentials

extension JobTable {
    /// Stored instead of a drop folder's name for a pause of all jobs.
    private static let everything = ""

    /// The condition for a job whose own drop folder is not paused.
    static let isNotPaused = "NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.watch = jobs.watch)"

    /// Checked first: otherwise every queued job would be examined.
    func isEverythingPaused() throws -> Bool {
        try database.integer("SELECT 1 FROM pauses WHERE watch = ?", [Self.everything]) != nil
    }

    func pauses() throws -> JobPauses {
        var pauses = JobPauses()
        for row in try database.run("SELECT watch, since FROM pauses") {
            guard let dropFolder = row["watch"].text, let since = row["since"].integer else {
                throw LedgerError(.damaged, path, LedgerError.damage("a pause is not what it can be"))
            }
            if dropFolder == Self.everything {
                pauses.all = UnixTime.date(since)
            } else {
                pauses.dropFolders[dropFolder] = UnixTime.date(since)
            }
        }
        return pauses
    }

    func pause(_ dropFolder: String?, at now: Date) throws {
        try database.run(
            "INSERT INTO pauses (watch, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [dropFolder ?? Self.everything, UnixTime.milliseconds(now)])
    }

    func resume(_ dropFolder: String?) throws {
        if let dropFolder {
            try database.run("DELETE FROM pauses WHERE watch = ?", [dropFolder])
        } else {
            try database.run("DELETE FROM pauses")
        }
    }
}
