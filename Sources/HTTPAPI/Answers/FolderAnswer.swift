import DaemonConfiguration
import JobService

/// A watch as the API tells of it.
struct FolderAnswer: Encodable {
    var name: String
    var folder: String
    var output: String
    var failed: String
    var source: String
    var done: String
    var settle: Double
    var rescan: Double
    var attempts: Int
    var backoff: Double
    var priority: Int
    var container: String
    var include: [String]
    var exclude: [String]
    var subfolders: Bool
    var reannotate: Bool
    /// As in the configuration; what comes from the model is left out.
    var annotation: [String: String]
    var readable: Bool
    /// Why it cannot be read.
    var problem: String?
    /// Why its queued jobs do not begin; empty where nothing holds them up.
    var held: [JobHold]

    init(_ watch: DropFolderSettings, problem: String?, holds: JobHolds) {
        name = watch.name
        folder = watch.folder
        output = watch.output
        failed = watch.failed
        source = watch.source.rawValue
        done = watch.done
        settle = watch.settle
        rescan = watch.rescan
        attempts = watch.attempts
        backoff = watch.backoff
        priority = watch.priority
        container = watch.container.rawValue
        annotation = Dictionary(
            uniqueKeysWithValues: watch.annotation.entries(container: watch.container).map { ($0.key, $0.value) })
        include = watch.names.include
        exclude = watch.names.exclude
        subfolders = watch.hasSubfolders
        reannotate = watch.reannotates
        readable = problem == nil
        self.problem = problem
        held = holds.of(watch.name)
    }
}
