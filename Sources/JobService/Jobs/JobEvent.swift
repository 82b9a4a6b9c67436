import Events
import FoundationEssentials
import Jobs

/// The end of a job as sinks receive it: a line of the file, the webhook's body, the program's environment.
package struct JobEvent: Sendable, Equatable, Codable {
    /// Unique to one end of one job.
    package var id: String
    package var job: Int64
    package var state: JobState
    package var dropFolder: String
    /// The present path of the source; its last path if it was deleted.
    package var source: String
    /// The video, its captions and its record; for a job that is done.
    package var output: String?
    package var captions: String?
    package var record: String?
    /// When the job ended by the wall clock: ISO 8601 with milliseconds in UTC, and seconds since 1970.
    package var time: String
    var unix: Double
    package var attempts: Int
    /// The length of the video and the duration of the attempt, in seconds; for a job that is done.
    package var length: Double?
    package var seconds: Double?
    /// The network's best class for the longest part of the video: its label, its index from 0, and its mean
    /// probability there, 0…1.
    package var label: String?
    package var classIndex: Int?
    package var probability: Double?
    package var warnings: [String]
    /// Why the job failed: a code for programs, and a sentence.
    package var code: String?
    package var message: String?

    package enum CodingKeys: String, CodingKey {
        case id, job, state
        case dropFolder = "folder"
        case source, output, captions, record, time, unix, attempts, length, seconds, label
        case classIndex = "class"
        case probability, warnings, code, message
    }

    /// Nil for a job that has not ended, or that belongs to no drop folder.
    package init?(_ job: Job) {
        guard let dropFolder = job.dropFolder, let ended = job.finishedAt else { return nil }
        let moment = EventTimestamp(ended.timeIntervalSince1970)
        id = "job-\(job.id)-\(Int((moment.seconds * 1000).rounded()))"
        self.job = job.id
        state = job.state
        self.dropFolder = dropFolder
        source = job.source
        if job.state == .done {
            output = job.output
            captions = OutputRegistry.captions(job.output)
            record = OutputRegistry.sidecar(job.output)
        }
        time = moment.iso8601
        unix = moment.seconds
        attempts = job.attempts
        length = job.result?.length
        seconds = job.result?.seconds
        label = job.result?.answer?.label
        classIndex = job.result?.answer?.index
        probability = job.result?.answer?.probability
        warnings = job.warnings
        code = job.failure?.code
        message = job.failure?.message
    }
}

extension JobEvent: Event {
    package var origin: (kind: String, name: String) { ("folder", dropFolder) }

    package var variables: [(name: String, value: String?)] {
        [
            ("ID", id), ("JOB", "\(job)"), ("STATE", state.rawValue), ("FOLDER", dropFolder), ("SOURCE", source),
            ("OUTPUT", output), ("CAPTIONS", captions), ("RECORD", record), ("TIME", time), ("UNIX", "\(unix)"),
            ("ATTEMPTS", "\(attempts)"), ("LENGTH", length.map { "\($0)" }), ("SECONDS", seconds.map { "\($0)" }),
            ("LABEL", label), ("CLASS", classIndex.map { "\($0)" }), ("PROBABILITY", probability.map { "\($0)" }),
            ("WARNINGS", "\(warnings.count)"), ("CODE", code), ("MESSAGE", message),
        ]
    }
}
