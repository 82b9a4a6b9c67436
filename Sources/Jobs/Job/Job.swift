import FoundationEssentials

/// A job as the ledger has it: a copy, which later changes do not reach.
public struct Job: Sendable, Hashable, Codable, Identifiable {
    /// Higher for later jobs; never changes.
    public let id: Int64
    public let key: JobKey
    /// The size of the source.
    public let bytes: Int64
    /// The name of the drop folder it came from, if it came from one.
    public internal(set) var dropFolder: String?
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

/// Why an attempt failed.
public struct JobFailure: Sendable, Hashable, Codable {
    /// To decide by.
    public var code: String
    /// One sentence for people; the ledger keeps its first 4,000 characters.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// What is in a job's way that is not its own fault, and that a person removes: the job waits, however long that takes.
public enum JobObstacle: String, Sendable, Codable, CaseIterable {
    /// The folder of its output is gone, read-only, full or not this daemon's to write to.
    case output
}

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

/// What became of a job that is done, beside its video.
public struct JobResult: Sendable, Hashable, Codable {
    /// The network's best class for the longest part of the video.
    public struct Prediction: Sendable, Hashable, Codable {
        /// Nil without labels.
        public var label: String?
        /// The class's number, from 0.
        public var index: Int
        /// The mean over the part of the video in which it is the best, 0…1.
        public var probability: Double

        public init(label: String?, index: Int, probability: Double) {
            self.label = label
            self.index = index
            self.probability = probability
        }

        enum CodingKeys: String, CodingKey {
            case label
            case index = "class"
            case probability
        }
    }

    /// Seconds of video.
    public var length: Double?
    /// Seconds that the attempt took, by a clock that nobody sets; nil where the daemon ended before it was noted.
    public var seconds: Double?
    public var answer: Prediction?

    /// What is not a number is left out.
    public init(length: Double? = nil, seconds: Double? = nil, answer: Prediction? = nil) {
        self.length = length.flatMap { $0.isFinite ? $0 : nil }
        self.seconds = seconds.flatMap { $0.isFinite ? $0 : nil }
        self.answer = answer.flatMap { $0.probability.isFinite ? $0 : nil }
    }
}
