import DaemonConfiguration
import JobService

/// A drop folder as the API tells of it.
struct FolderResponse: Encodable {
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

    init(_ dropFolder: DropFolderSettings, problem: String?, holds: JobHolds) {
        name = dropFolder.name
        folder = dropFolder.folder
        output = dropFolder.output
        failed = dropFolder.failed
        source = dropFolder.source.rawValue
        done = dropFolder.done
        settle = dropFolder.settle
        rescan = dropFolder.rescan
        attempts = dropFolder.attempts
        backoff = dropFolder.backoff
        priority = dropFolder.priority
        container = dropFolder.annotation.container.rawValue
        annotation = Dictionary(
            uniqueKeysWithValues: dropFolder.annotation.entries.map { ($0.key, $0.value.text) })
        include = dropFolder.names.include
        exclude = dropFolder.names.exclude
        subfolders = dropFolder.hasSubfolders
        reannotate = dropFolder.reannotates
        readable = problem == nil
        self.problem = problem
        held = holds.of(dropFolder.name)
    }
}
