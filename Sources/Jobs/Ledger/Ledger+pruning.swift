import FoundationEssentials

/// What is forgotten.
extension Ledger {
    /// Jobs that one step looks at: others that ask wait for no longer than that takes.
    static let pruningLimit = 200

    /// What one step of pruning did.
    public struct Pruning: Sendable {
        public var forgotten: Int
        /// Where the next step begins; nil after the last.
        public var next: PruningPlace?
    }

    /// Forgets jobs that are over, the longest over first. Jobs that are queued, running or quarantined stay, and so does the newest.
    ///
    /// - Parameter isNeeded: says of a job that it has to stay. It must not use the ledger.
    public func prune(
        _ rule: PruningRule, from place: PruningPlace? = nil, isNeeded: (Job) -> Bool
    ) throws(LedgerError) -> Pruning {
        try connection.write { table -> Pruning in
            var spared = place?.spared ?? 0
            let counts = try table.counts().filter { JobTable.forgettable.contains($0.key) }
            // Those that are needed count as well, or they would push out newer ones.
            var excess = rule.most.map { counts.values.reduce(0, +) - spared - $0 } ?? 0
            let ended = try table.ended(after: place, limit: Self.pruningLimit)
            // Its number would be given to the next job.
            let last = try table.bounds()?.last
            var pruning = Pruning(forgotten: 0, next: nil)
            for job in ended.map(\.job) {
                guard let end = job.finishedAt else { continue }
                guard excess > 0 || rule.before.map({ end < $0 }) == true else {
                    pruning.next = nil
                    return pruning
                }
                excess -= 1
                if job.id == last || isNeeded(job) {
                    spared += 1
                } else {
                    try table.delete(job.id)
                    pruning.forgotten += 1
                }
                pruning.next = PruningPlace(end: UnixTime.milliseconds(end), id: job.id, spared: spared)
            }
            if ended.count < Self.pruningLimit { pruning.next = nil }
            return pruning
        }
    }

    /// Whether a change would get onto the disk.
    ///
    /// - Throws: what a change would.
    public func probe() throws(LedgerError) {
        try connection.write { try $0.touch() }
    }
}

/// How far pruning has come: the end and the number of the job looked at last, and how many were kept because they are needed.
public struct PruningPlace: Sendable, Hashable {
    /// Milliseconds since 1970.
    let end: Int64
    let id: Job.ID
    let spared: Int
}

/// Which jobs may be forgotten.
public struct PruningRule: Sendable, Hashable {
    /// Those that ended before; nil for none by age.
    public var before: Date?
    /// All but the newest so many of those that are over; nil for none by number.
    public var most: Int?

    public init(before: Date?, most: Int?) {
        self.before = before
        self.most = most
    }
}
