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
    /// A queued job only if it waits for its next attempt.
    static let retry = JobTransition(target: .queued, origins: [.failed, .quarantined, .cancelled, .queued])
    static let cancel = JobTransition(target: .cancelled, origins: [.queued, .running])
    static let admitAgain = JobTransition(target: .queued, origins: [.done, .failed, .quarantined, .cancelled])

    func allows(_ job: Job) -> Bool {
        origins.contains(job.state) && (job.state != target || job.retryAt != nil)
    }
}
