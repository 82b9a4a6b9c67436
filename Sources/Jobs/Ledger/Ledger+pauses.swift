import FoundationEssentials

/// Pauses of the queue.
extension Ledger {
    public func pauses() throws(LedgerError) -> JobPauses {
        try connection.read { try $0.pauses() }
    }

    /// Lets no further job start until `resume`, also after a restart of the daemon; running jobs continue. `claim`
    /// respects the pause as soon as this returns. Pausing again changes nothing.
    ///
    /// - Parameter dropFolder: pauses only this drop folder's jobs; nil pauses all jobs.
    /// - Returns: all pauses now in effect.
    public func pause(dropFolder: String? = nil) throws(LedgerError) -> JobPauses {
        try changePauses { try $0.pause(dropFolder, at: now()) }
    }

    /// Ends a pause.
    ///
    /// - Parameter dropFolder: the drop folder whose own pause ends; nil ends every pause.
    /// - Returns: the pauses still in effect.
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

    /// Announced by `changes()` instead of a job's number when a pause begins or ends.
    static let pausesChanged: Job.ID = 0
}

/// The pauses that people have set.
public struct JobPauses: Sendable, Hashable {
    /// When all jobs were paused; nil if they are not.
    public var all: Date?
    /// When single drop folders were paused, by their names.
    public var dropFolders: [String: Date]

    public init(all: Date? = nil, dropFolders: [String: Date] = [:]) {
        self.all = all
        self.dropFolders = dropFolders
    }

    public var isEmpty: Bool { all == nil && dropFolders.isEmpty }
}
