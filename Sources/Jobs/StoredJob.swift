import Foundation

/// A job with what the ledger alone needs to know of it.
struct StoredJob {
    var job: Job
    /// When `job.retryAt` was decided on.
    ///
    /// A wait lasts from here to `retryAt`. A clock before this moment was put back, and says nothing of how long the job
    /// has waited: the job is due then.
    var waitsSince: Date?
    /// How often in a row attempts met an obstacle; each wait is longer than the one before.
    var waits = 0

    mutating func wait(until retryAt: Date?, since now: Date) {
        job.retryAt = retryAt
        waitsSince = retryAt == nil ? nil : now
    }

    /// As it is when nothing was attempted yet.
    mutating func forgetAttempts() {
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
