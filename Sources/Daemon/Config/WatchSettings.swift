import Encode

/// One drop folder.
struct WatchSettings: Sendable, Equatable {
    /// What becomes of a source once its annotated video is complete.
    enum Disposition: String, Sendable, CaseIterable {
        case keep, move, delete
    }

    var name: String
    var folder: String
    /// Where annotated videos go.
    var output: String
    /// Where sources go that could not be annotated, each with a file that says why.
    var failed: String
    var source: Disposition
    /// Where sources go with `move`.
    var done: String
    /// Seconds for which a file has to stay as it is before it is taken.
    var settle: Double
    /// Seconds from one look at the whole folder to the next.
    var rescan: Double
    /// Times that a job is tried before it has failed.
    var attempts: Int
    /// Seconds before the second try; twice as long before each further one, up to an hour.
    var backoff: Double
    /// Jobs of a higher one go first.
    var priority: Int
    var container: OutputContainer
    var annotation: AnnotationSettings
    /// When no job of it begins; nil for what is set for all.
    var quietHours: QuietHours?
    /// Who is told of its jobs' ends.
    var events = JobEventSettings()
}
