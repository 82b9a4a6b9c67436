/// What is in a job's way that is not its own fault, and that a person removes: the job waits, however long that takes.
public enum JobObstacle: String, Sendable, Codable, CaseIterable {
    /// The folder of its output is gone, read-only, full or not this daemon's to write to.
    case output
}
