import Events
import FoundationEssentials
import Jobs

/// The end of a job as sinks receive it: a line of the file, the webhook's body, the program's environment.
package struct JobEvent: Sendable, Equatable, Codable {
    /// The same for one end of one job, and no other end's.
    package var id: String
    package var job: Int64
    package var state: JobState
    package var dropFolder: String
    /// Where the source lies now; where it lay, if it is deleted.
    package var source: String
    /// Of a job that is done: the video, its captions and its record.
    package var output: String?
    package var captions: String?
    package var record: String?
    /// When it ended, by the wall clock: ISO 8601 with milliseconds in UTC, and seconds since 1970.
    package var time: String
    var unix: Double
    package var attempts: Int
    /// Seconds of video, and that the attempt took; of a job that is done.
    package var length: Double?
    package var seconds: Double?
    /// The network's best class for the longest part of the video, its number from 0, its mean probability there, 0…1.
    package var label: String?
    package var classIndex: Int?
    package var probability: Double?
    package var warnings: [String]
    /// Why it failed: to decide by, and in words.
    package var code: String?
    package var message: String?

    package enum CodingKeys: String, CodingKey {
        case id, job, state
        case dropFolder = "folder"
        case source, output, captions, record, time, unix, attempts, length, seconds, label
        case classIndex = "class"
        case probability, warnings, code, message
    }

    /// Nil for a job that has not ended, and for one of no drop folder.
    package init?(_ job: Job) {
        guard let dropFolder = job.dropFolder, let ended = job.finishedAt else { return nil }
        let moment = EventMoment(ended.timeIntervalSince1970)
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
