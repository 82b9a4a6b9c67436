import FoundationEssentials

/// A copy of a job in the ledger; later changes do not affect it.
public struct Job: Sendable, Hashable, Codable, Identifiable {
    /// Increases with each new job; never changes.
    public let id: Int64
    public let key: JobKey
    /// The size of the source in bytes.
    public let bytes: Int64
    /// The name of the drop folder that the source came from, if any.
    public internal(set) var dropFolder: String?
    /// The current path of the file to read.
    public internal(set) var source: String
    /// The path of the file to write.
    public internal(set) var output: String
    /// Jobs with a higher priority are claimed first.
    public internal(set) var priority: Int
    public internal(set) var state: JobState
    /// Attempts since a person or a drop folder last queued the job.
    public internal(set) var attempts: Int
    /// Crashes of the daemon while the job ran, since a person or a drop folder last queued it.
    public internal(set) var crashes: Int
    /// How often the daemon was killed or cut off while the job ran, since a person or a drop folder last queued it.
    public internal(set) var ends: Int
    /// How many of these ends were kills by the kernel for lack of memory.
    public internal(set) var memoryEnds: Int
    /// The obstacle that a queued job waits for, without counting attempts; nil if it only waits for its turn or its
    /// next attempt.
    public internal(set) var waitsFor: JobObstacle?
    /// The progress of the current or the last attempt, 0…1.
    public internal(set) var progress: Double
    /// Why the last attempt failed; kept while the job waits for its next attempt and while that runs.
    public internal(set) var failure: JobFailure?
    /// The warnings of the successful attempt.
    public internal(set) var warnings: [String]
    /// The result of the successful attempt; nil for other jobs, and for jobs done by an older version.
    public internal(set) var result: JobResult?
    /// When the job first entered the ledger. All times are whole milliseconds.
    public let createdAt: Date
    /// When the current or the last attempt began.
    public internal(set) var startedAt: Date?
    /// When the job became done, failed, quarantined or cancelled.
    public internal(set) var finishedAt: Date?
    /// When a queued job's next attempt is due; nil if immediately.
    public internal(set) var retryAt: Date?

    /// From this number of `ends` on, a job runs only when no other job is due.
    static let goLastThreshold = 3

    /// Whether the job may have ended the daemon: it must run alone, so that another end can be attributed to it.
    public var isSuspect: Bool { crashes > 0 || goesLast }

    /// Whether all other jobs go first, since this one may end the daemon again.
    public var goesLast: Bool { memoryEnds > 0 || ends >= Self.goLastThreshold }
}

/// Why an attempt failed.
public struct JobFailure: Sendable, Hashable, Codable {
    /// For programs.
    public var code: String
    /// One sentence for people; the ledger keeps its first 4,000 characters.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// An obstacle that is not the job's fault and that a person removes: the job waits, however long that takes.
public enum JobObstacle: String, Sendable, Codable, CaseIterable {
    /// The output's folder is missing, read-only, full or not writable for this daemon.
    case output
}

/// The state of a job.
public enum JobState: String, Sendable, Codable, CaseIterable {
    /// The job waits for its turn, or for the time of its next attempt.
    case queued
    case running
    /// The output is complete.
    case done
    /// The job failed, and no further attempt is planned.
    case failed
    /// The source crashed the daemon, or may have: it is not tried again unless a person asks for it.
    case quarantined
    /// A person cancelled the job.
    case cancelled
}

/// The result of a job that is done, in addition to its video.
public struct JobResult: Sendable, Hashable, Codable {
    /// The network's best class for the longest part of the video.
    public struct Prediction: Sendable, Hashable, Codable {
        /// Nil if the model has no labels.
        public var label: String?
        /// The class index, from 0.
        public var index: Int
        /// The mean probability over the part of the video in which this class is the best, 0…1.
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

    /// The length of the video in seconds.
    public var length: Double?
    /// The duration of the attempt in seconds, by a monotonic clock; nil if the daemon ended before recording it.
    public var seconds: Double?
    public var answer: Prediction?

    /// Numbers that are not finite are left out.
    public init(length: Double? = nil, seconds: Double? = nil, answer: Prediction? = nil) {
        self.length = length.flatMap { $0.isFinite ? $0 : nil }
        self.seconds = seconds.flatMap { $0.isFinite ? $0 : nil }
        self.answer = answer.flatMap { $0.probability.isFinite ? $0 : nil }
    }
}
