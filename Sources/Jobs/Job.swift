import Foundation

/// A job as the ledger has it: a copy, which later changes do not reach.
public struct Job: Sendable, Hashable, Codable, Identifiable {
    /// Higher for later jobs; never changes.
    public let id: Int64
    public let key: JobKey
    /// The size of the source.
    public let bytes: Int64
    /// The name of the watched folder it came from, if it came from one.
    public internal(set) var watch: String?
    /// The path of the file to read, wherever it was moved.
    public internal(set) var source: String
    /// The path of the file to write.
    public internal(set) var output: String
    /// Higher comes first.
    public internal(set) var priority: Int
    public internal(set) var state: JobState
    /// How often it was started since it was queued by a person or a folder.
    public internal(set) var attempts: Int
    /// How often the daemon crashed while it ran, since it was queued by a person or a folder.
    public internal(set) var crashes: Int
    /// Of the running attempt, or of the last, 0…1.
    public internal(set) var progress: Double
    /// Why the last attempt failed; a job that waits for its next attempt or is in it has this too.
    public internal(set) var failure: JobFailure?
    /// Of the attempt that succeeded.
    public internal(set) var warnings: [String]
    /// Of the attempt that succeeded; nil for others, and for jobs that an older version did.
    public internal(set) var result: JobResult?
    /// When it first entered the ledger. All times are whole milliseconds.
    public let createdAt: Date
    /// When the running attempt, or the last, began.
    public internal(set) var startedAt: Date?
    /// When it became done, failed, quarantined or cancelled.
    public internal(set) var finishedAt: Date?
    /// When a queued job's next attempt is due, if that is not at once.
    public internal(set) var retryAt: Date?

    /// Whether the daemon may have crashed because of it: it has to run with nothing beside it, so that the next crash tells.
    public var isSuspect: Bool { crashes > 0 }
}
