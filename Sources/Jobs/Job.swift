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
    /// How often the daemon ended without a word while it ran, killed or cut off, since it was queued by a person or a folder.
    public internal(set) var ends: Int
    /// How many of these were because the kernel had no memory left.
    public internal(set) var memoryEnds: Int
    /// What a queued job waits for, of which no attempt is counted; nil if for nothing but its turn or its next attempt.
    public internal(set) var waitsFor: JobObstacle?
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

    /// Ends without a word after which a job lets all others go first.
    static let manyEnds = 3

    /// Whether the daemon may have ended because of it: it has to run with nothing beside it, so that the next end tells.
    public var isSuspect: Bool { crashes > 0 || goesLast }

    /// Whether others are to be served before it, which may end the daemon again.
    public var goesLast: Bool { memoryEnds > 0 || ends >= Self.manyEnds }
}
