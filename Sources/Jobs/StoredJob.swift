import Foundation

/// A job with what the ledger alone needs to know of it.
struct StoredJob {
    var job: Job
    /// When `job.retryAt` was decided on.
    ///
    /// A wait lasts from here to `retryAt`. A clock before this moment was put back, and says nothing of how long the job
    /// has waited: the job is due then.
    var waitsSince: Date?

    mutating func wait(until retryAt: Date?, since now: Date) {
        job.retryAt = retryAt
        waitsSince = retryAt == nil ? nil : now
    }

    /// As it is when nothing was attempted yet.
    mutating func forgetAttempts() {
        job.attempts = 0
        job.crashes = 0
        job.progress = 0
        job.failure = nil
        job.warnings = []
        job.result = nil
        job.startedAt = nil
        job.finishedAt = nil
        wait(until: nil, since: .distantPast)
    }
}
