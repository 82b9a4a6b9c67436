import FoundationEssentials

/// A job with the ledger's internal values.
struct StoredJob {
    var job: Job
    /// The time at which `job.retryAt` was set.
    ///
    /// A wait lasts from this time until `retryAt`. If the clock shows an earlier time, it was set back and does not
    /// show how long the job has waited; the job is then due.
    var waitsSince: Date?
    /// The number of consecutive attempts that met an obstacle; each wait is longer than the previous one.
    var waits = 0

    mutating func wait(until retryAt: Date?, since now: Date) {
        job.retryAt = retryAt
        waitsSince = retryAt == nil ? nil : now
    }

    /// Resets the job to its state before the first attempt.
    mutating func resetAttempts() {
        job.attempts = 0
        job.crashes = 0
        job.ends = 0
        job.memoryEnds = 0
        job.waitsFor = nil
        waits = 0
        job.progress = 0
        job.failure = nil
        job.warnings = []
        job.result = nil
        job.startedAt = nil
        job.finishedAt = nil
        wait(until: nil, since: .distantPast)
    }
}

/// A change of a job's state, and the states it may start from.
struct JobTransition: Sendable {
    let target: JobState
    let origins: [JobState]

    static let claim = JobTransition(target: .running, origins: [.queued])
    static let finish = JobTransition(target: .done, origins: [.running])
    static let fail = JobTransition(target: .failed, origins: [.running])
    static let postpone = JobTransition(target: .queued, origins: [.running])
    static let obstruct = JobTransition(target: .queued, origins: [.running])
    static let quarantine = JobTransition(target: .quarantined, origins: [.running])
    static let release = JobTransition(target: .queued, origins: [.running])
    /// Allowed for a queued job only if it waits for its next attempt.
    static let retry = JobTransition(target: .queued, origins: [.failed, .quarantined, .cancelled, .queued])
    static let cancel = JobTransition(target: .cancelled, origins: [.queued, .running])
    static let admitAgain = JobTransition(target: .queued, origins: [.done, .failed, .quarantined, .cancelled])

    func allows(_ job: Job) -> Bool {
        origins.contains(job.state) && (job.state != target || job.retryAt != nil)
    }
}
