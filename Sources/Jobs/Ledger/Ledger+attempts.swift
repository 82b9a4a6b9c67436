import FoundationEssentials

/// Changes of running jobs.
extension Ledger {
    /// The number of warnings that are kept, since a hostile file can cause any number.
    static let warningLimit = 100
    /// The number of characters that are kept of a warning or failure message.
    static let messageLimit = 4_000

    /// Records the progress of a running job.
    ///
    /// Syncs the disk: suitable for every window, too slow for every frame.
    ///
    /// - Parameter progress: clamped to 0…1.
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
    ///   - result: nil if unknown.
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
    /// - Parameter retryAt: when the job is due again; nil if no further attempt is to be made.
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

    /// Ends a running job's attempt because the daemon crashed, and counts the crash.
    ///
    /// - Parameter maximumCrashes: from this number on the job is quarantined; below it, the job is due again
    ///   immediately.
    public func crash(_ id: Job.ID, _ failure: JobFailure, maximumCrashes: Int) throws(LedgerError) -> Job {
        try edit(id) { stored in
            stored.job.crashes = min(stored.job.crashes, Int.max - 1) + 1
            let isEnd = stored.job.crashes >= maximumCrashes
            try cutOff(&stored, failure, isLast: isEnd)
        }
    }

    /// Ends a running job's attempt because the daemon was killed or cut off, and counts that.
    ///
    /// - Parameters:
    ///   - isForMemory: whether the kernel killed the daemon for lack of memory.
    ///   - maximumMemoryEnds: from this number of kills for lack of memory on, the job is quarantined; below it, the
    ///     job is due again immediately. Other ends never lead to quarantine.
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

    /// Ends an attempt that the end of the daemon interrupted: the job is quarantined if `isLast`, otherwise due again
    /// immediately.
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

    /// Returns a running job to the queue because the daemon stops; the attempt does not count.
    public func release(_ id: Job.ID) throws(LedgerError) -> Job {
        try transition(.release, id) { stored, _ in
            stored.job.attempts = max(0, stored.job.attempts - 1)
            stored.job.progress = 0
            stored.job.startedAt = nil
        }
    }

    /// The running jobs, oldest first; at the daemon's start these are the jobs that a killed daemon left.
    public func interrupted() throws(LedgerError) -> [Job] {
        try connection.read { try $0.running() }
    }

    /// Changes a job's state.
    ///
    /// - Parameter change: changes everything but the state; receives the current time.
    func transition(
        _ transition: JobTransition, _ id: Job.ID, _ change: (inout StoredJob, Date) -> Void
    ) throws(LedgerError) -> Job {
        try edit(id) { stored in
            guard transition.allows(stored.job) else { throw LedgerError.wrongState(stored.job, transition, path) }
            stored.job.state = transition.target
            change(&stored, now())
        }
    }

    /// Changes a job in one transaction, and announces the change once it is on the disk.
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

/// Decides the order among drop folders whose jobs have the same priority: the one that was served longest ago goes
/// first.
struct DropFolderTurns {
    private var served: [String?: UInt64] = [:]
    private var count: UInt64 = 0

    /// - Parameter jobs: the next job of each drop folder.
    func next(of jobs: [StoredJob]) -> StoredJob? {
        jobs.min { first, second in
            let (one, other) = (first.job, second.job)
            if one.priority != other.priority { return one.priority > other.priority }
            return (served[one.dropFolder] ?? 0, one.id) < (served[other.dropFolder] ?? 0, other.id)
        }
    }

    /// Moves the drop folder to the end of the order.
    mutating func serve(_ dropFolder: String?) {
        count += 1
        served[dropFolder] = count
    }
}
