/// Where a job stands.
public enum JobState: String, Sendable, Codable, CaseIterable {
    /// It waits for its turn, or for the time of its next attempt.
    case queued
    case running
    /// Its output is complete.
    case done
    /// It failed, and no further attempt is planned.
    case failed
    /// Its source is not to be tried again without a person's word: it broke the daemon, or may.
    case quarantined
    /// A person does not want it any more.
    case cancelled
}
