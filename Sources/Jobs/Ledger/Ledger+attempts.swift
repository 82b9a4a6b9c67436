import FoundationEssentials

/// What becomes of a job that runs.
extension Ledger {
    /// A hostile file can cause any number of warnings; this many are kept.
    static let warningLimit = 100
    /// Characters of one warning or failure message that are kept.
    static let messageLimit = 4_000

    /// Notes how far a running job is.
    ///
    /// Costs a sync of the disk: right for every window, too much for every frame.
    ///
    /// - Parameter progress: 0…1; what is beyond becomes the limit.
    public func advance(_ id: Job.ID, to progress: Double) throws(LedgerError) {
        _ = try edit(id) { stored in
            guard stored.job.state == .running else {
                throw LedgerError(
                    .wrongState, path,
                    "job \(id) is \(stored.job.state.rawValue), and only a running job makes progress")
            }
            stored.job.progress = progress.isNaN ? 0 : min(max(progress, 0), 1)
        }
    }

    /// Ends a running job as done.
    ///
    /// - Parameters:
    ///   - warnings: the first 100 are kept, and of each the first 4,000 characters.
    ///   - result: nil where nobody knows.
    public func finish(
        _ id: Job.ID, warnings: [String], result: JobResult? = nil
    ) throws(LedgerError) -> Job {
        try transition(.finish, id) { stored, now in
            stored.job.progress = 1
            stored.job.failure = nil
            stored.job.waitsFor = nil
            stored.waits = 0
            stored.job.warnings = warnings.prefix(Self.warningLimit).map { String($0.prefix(Self.messageLimit)) }
            stored.job.result = result
            stored.job.finishedAt = now
        }
    }

    /// Ends a running job's attempt.
    ///
    /// - Parameter retryAt: when the job is due again; nil if it has failed for good.
    public func fail(_ id: Job.ID, _ failure: JobFailure, retryAt: Date?) throws(LedgerError) -> Job {
        guard let retryAt else {
            return try transition(.fail, id) { stored, now in
                stored.job.failure = Self.bounded(failure)
                stored.job.waitsFor = nil
                stored.job.finishedAt = now
            }
        }
        return try transition(.postpone, id) { stored, now in
            stored.job.failure = Self.bounded(failure)
            stored.job.waitsFor = nil
            stored.job.progress = 0
            stored.wait(until: retryAt, since: now)
        }
    }

    /// Ends a running job's attempt because the daemon crashed, and counts that.
    ///
    /// - Parameter maximumCrashes: at this many the job is quarantined; before, it is due again at once.
    public func crash(_ id: Job.ID, _ failure: JobFailure, maximumCrashes: Int) throws(LedgerError) -> Job {
        try edit(id) { stored in
            stored.job.crashes = min(stored.job.crashes, Int.max - 1) + 1
            let isEnd = stored.job.crashes >= maximumCrashes
            try cutOff(&stored, failure, isLast: isEnd)
        }
    }

    /// Ends a running job's attempt because the daemon ended without a word, killed or cut off, and counts that.
    ///
    /// - Parameters:
    ///   - isForMemory: whether the kernel ended it because no memory was left.
    ///   - maximumMemoryEnds: at this many of these the job is quarantined; before, it is due again at once. Others
    ///     never lead there.
    public func interrupt(
        _ id: Job.ID, _ failure: JobFailure, isForMemory: Bool, maximumMemoryEnds: Int
    ) throws(LedgerError) -> Job {
        try edit(id) { stored in
            stored.job.ends = min(stored.job.ends, Int.max - 1) + 1
            if isForMemory { stored.job.memoryEnds = min(stored.job.memoryEnds, Int.max - 1) + 1 }
            let isEnd = isForMemory && stored.job.memoryEnds >= maximumMemoryEnds
            try cutOff(&stored, failure, isLast: isEnd)
        }
    }

    /// Ends an attempt that the daemon's own end cut off: the job is quarantined if that was the last time, and else due again at once.
    private func cutOff(_ stored: inout StoredJob, _ failure: JobFailure, isLast: Bool) throws(LedgerError) {
        let transition = isLast ? JobTransition.quarantine : .postpone
        guard transition.allows(stored.job) else { throw LedgerError.wrongState(stored.job, transition, path) }
        let now = now()
        stored.job.state = transition.target
        stored.job.failure = Self.bounded(failure)
        if isLast {
            stored.job.finishedAt = now
        } else {
            stored.job.progress = 0
            stored.wait(until: now, since: now)
        }
    }

    /// Puts a running job back because the daemon stops: the attempt does not count.
    public func release(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.release, id) { stored, _ in
            stored.job.attempts = max(0, stored.job.attempts - 1)
            stored.job.progress = 0
            stored.job.startedAt = nil
        }
    }

    /// The jobs that are running, oldest first: at the daemon's start, those that a killed one left behind.
    public func interrupted() throws(LedgerError) -> [Job] {
        try connection.read { try $0.running() }
    }

    /// One change of state.
    ///
    /// - Parameter change: what changes beside the state; it gets the time.
    func transition(
        _ transition: JobTransition, _ id: Job.ID, _ change: (inout StoredJob, Date) -> Void
    ) throws(LedgerError) -> Job {
        try edit(id) { stored in
            guard transition.allows(stored.job) else { throw LedgerError.wrongState(stored.job, transition, path) }
            stored.job.state = transition.target
            change(&stored, now())
        }
    }

    /// One change of a job in one transaction, announced when it is on the disk.
    func edit(_ id: Job.ID, _ change: (inout StoredJob) throws -> Void) throws(LedgerError) -> Job {
        let job = try connection.write { table in
            var stored = try table.existing(id)
            try change(&stored)
            return try table.update(stored)
        }
        broadcaster.announce(id)
        return job
    }

    static func bounded(_ failure: JobFailure) -> JobFailure {
        JobFailure(
            code: String(failure.code.prefix(messageLimit)), message: String(failure.message.prefix(messageLimit)))
    }
}

/// Who is served next among drop folders that have jobs of the same priority: the one that was served longest ago.
struct DropFolderTurns {
    private var served: [String?: UInt64] = [:]
    private var count: UInt64 = 0

    /// - Parameter jobs: of each drop folder the one whose turn it is within it.
    func next(of jobs: [StoredJob]) -> StoredJob? {
        jobs.min { first, second in
            let (one, other) = (first.job, second.job)
            if one.priority != other.priority { return one.priority > other.priority }
            return (served[one.dropFolder] ?? 0, one.id) < (served[other.dropFolder] ?? 0, other.id)
        }
    }

    /// The drop folder gives way to the others from now on.
    mutating func serve(_ dropFolder: String?) {
        count += 1
        served[dropFolder] = count
    }
}
