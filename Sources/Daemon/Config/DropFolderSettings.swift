import Encode

/// One drop folder.
struct DropFolderSettings: Sendable, Equatable {
    /// What becomes of a source once its annotated video is complete.
    enum Disposition: String, Sendable, CaseIterable {
        case keep, move, delete
    }

    /// What `folders` looks like.
    static let example = "folders: {inbox: {folder: /path}}"

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
    /// Seconds of the longest video that is annotated.
    var longestVideo: Double
    /// Seconds that one attempt of a job may take.
    var jobTimeout: Double
    /// Bytes of the largest file that is taken.
    var largestFile: Int
    /// Jobs of a higher one go first.
    var priority: Int
    var container: OutputContainer
    var annotation: AnnotationSettings
    var names = NamePatterns()
    /// Whether files in folders in the folder are taken too.
    var hasSubfolders = false
    /// Whether other options, or another network, make new jobs of files that were dealt with before, as they lie there.
    var reannotates = false
    /// When no job of it begins; nil for what is set for all.
    var quietHours: QuietHours?
    /// Who is told of its jobs' ends.
    var events = JobEventSettings()
}
