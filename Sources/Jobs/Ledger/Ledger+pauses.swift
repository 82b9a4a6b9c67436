import FoundationEssentials

/// What people hold up.
extension Ledger {
    public func pauses() throws(LedgerError) -> JobPauses {
        try connection.read { try $0.pauses() }
    }

    /// Lets no further job begin until `resume`, over the daemon's restarts too; those that run go on. `claim` heeds it from the
    /// moment that this returns. Pausing what is paused changes nothing.
    ///
    /// - Parameter dropFolder: the drop folder whose jobs are meant; nil for all jobs.
    /// - Returns: all that is paused now.
    public func pause(dropFolder: String? = nil) throws(LedgerError) -> JobPauses {
        try changePauses { try $0.pause(dropFolder, at: now()) }
    }

    /// Ends a pause.
    ///
    /// - Parameter dropFolder: whose own pause ends; nil ends every pause.
    /// - Returns: all that is still paused.
    public func resume(dropFolder: String? = nil) throws(LedgerError) -> JobPauses {
        try changePauses { try $0.resume(dropFolder) }
    }

    private func changePauses(_ change: (JobTable) throws -> Void) throws(LedgerError) -> JobPauses {
        let pauses = try connection.write { table in
            try change(table)
            return try table.pauses()
        }
        broadcaster.announce(Self.pausesChanged)
        return pauses
    }

    /// What `changes()` tells of in the place of a job's number when a pause begins or ends.
    static let pausesChanged: Job.ID = 0
}

/// Of which jobs no further one begins, because a person wants it so.
public struct JobPauses: Sendable, Hashable {
    /// Since when all jobs are paused; nil if not all are.
    public var all: Date?
    /// Since when the jobs of single drop folders are paused, by the folders' names.
    public var dropFolders: [String: Date]

    public init(all: Date? = nil, dropFolders: [String: Date] = [:]) {
        self.all = all
        self.dropFolders = dropFolders
    }

    public var isEmpty: Bool { all == nil && dropFolders.isEmpty }
}
