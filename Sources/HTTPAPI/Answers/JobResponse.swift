import FoundationEssentials
import JobService
import Jobs
import Pipeline

/// A job in the API. Values that a job does not have are left out.
struct JobResponse: Encodable {
    var id: Int64
    var state: JobState
    var folder: String?
    var source: String
    var output: String
    var priority: Int
    var attempts: Int
    var crashes: Int
    var ends: Int
    var waitsFor: JobObstacle?
    var progress: Double
    var bytes: Int64
    /// The SHA-256 of the source.
    var content: String
    /// The SHA-256 of the network.
    var model: String
    var options: [String: String]
    var failure: JobFailure?
    var warnings: [String]
    /// The length of the video and the duration of the attempt, in seconds; for jobs that are done.
    var length: Double?
    var seconds: Double?
    var answer: JobResult.Prediction?
    var createdAt: Date
    var startedAt: Date?
    var finishedAt: Date?
    var retryAt: Date?
    /// Why a queued job is held; nil if it is not.
    var held: [JobHold]?
    var frames: Int?
    var totalFrames: Int?
    var windows: Int?
    var framesPerSecond: Double?
    var remainingSeconds: Double?
    var activity: String?

    /// - Parameter running: the current progress of a running job; the ledger is updated less often.
    init(_ job: Job, running: JobProgress?, holds: JobHolds) {
        id = job.id
        state = job.state
        folder = job.dropFolder
        source = job.source
        output = job.output
        priority = job.priority
        attempts = job.attempts
        crashes = job.crashes
        ends = job.ends
        waitsFor = job.waitsFor
        progress = job.progress
        bytes = job.bytes
        content = job.key.content
        model = job.key.model
        options = (try? JSONDecoder().decode([String: String].self, from: Data(job.key.options.utf8))) ?? [:]
        failure = job.failure
        warnings = job.warnings
        length = job.result?.length
        seconds = job.result?.seconds
        answer = job.result?.answer
        createdAt = job.createdAt
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        retryAt = job.retryAt
        let held = job.state == .queued ? holds.of(job.dropFolder) : []
        self.held = held.isEmpty ? nil : held
        guard job.state == .running, let running else { return }
        progress = running.fraction ?? job.progress
        frames = running.frames
        totalFrames = running.totalFrames
        windows = running.windows
        framesPerSecond = running.framesPerSecond
        remainingSeconds = running.remainingSeconds
        activity = running.activity
    }
}

/// A page of jobs.
struct JobListResponse: Encodable {
    var jobs: [JobResponse]
    /// The value of `before` for the next page; nil on the last page.
    var next: Int64?

    private enum CodingKeys: CodingKey {
        case jobs, next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobs, forKey: .jobs)
        // Encoded even if it is nil.
        try container.encode(next, forKey: .next)
    }
}
