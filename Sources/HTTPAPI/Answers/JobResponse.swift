import FoundationEssentials
import JobService
import Jobs
import Pipeline

/// A job as the API tells of it. What a job does not have is left out.
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
    /// SHA-256 of the source.
    var content: String
    /// SHA-256 of the network.
    var model: String
    var options: [String: String]
    var failure: JobFailure?
    var warnings: [String]
    /// Seconds of video, and that the attempt took; of jobs that are done.
    var length: Double?
    var seconds: Double?
    var answer: JobResult.Prediction?
    var createdAt: Date
    var startedAt: Date?
    var finishedAt: Date?
    var retryAt: Date?
    /// Why a queued job does not begin; nil where nothing holds it up.
    var held: [JobHold]?
    var frames: Int?
    var totalFrames: Int?
    var windows: Int?
    var framesPerSecond: Double?
    var remainingSeconds: Double?
    var activity: String?

    /// - Parameter running: how far a running job is; the ledger is told of it only now and then.
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
    /// The value of `before` that gives the next page; nil on the last.
    var next: Int64?

    private enum CodingKeys: CodingKey {
        case jobs, next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobs, forKey: .jobs)
        // Said even where there is none.
        try container.encode(next, forKey: .next)
    }
}
