/// One drop folder.
package struct DropFolderSettings: Sendable, Equatable {
    /// What becomes of a source once its annotated video is complete.
    package enum Disposition: String, Sendable, CaseIterable {
        case keep, move, delete
    }

    /// What `folders` looks like.
    static let example = "folders: {inbox: {folder: /path}}"

    package var name: String
    package var folder: String
    /// Where annotated videos go.
    package var output: String
    /// Where sources go that could not be annotated, each with a file that says why.
    package var failed: String
    package var source = Disposition.keep
    /// Where sources go with `move`.
    package var done: String
    /// Seconds for which a file has to stay as it is before it is taken.
    package var settle = 5.0
    /// Seconds between scans of the whole folder.
    package var rescan = 30.0
    /// Times that a job is tried before it has failed.
    package var attempts = 3
    /// Seconds before the second try; twice as long before each further one, up to an hour.
    package var backoff = 10.0
    /// Seconds of the longest video that is annotated.
    package var longestVideo = 90_000.0
    /// Seconds that one attempt of a job may take.
    package var jobTimeout = 172_800.0
    /// Bytes of the largest file that is taken.
    package var largestFile = 1 << 38
    /// Jobs of a higher one go first.
    package var priority = 0
    package var annotation = AnnotationSettings()
    package var names = NamePatterns()
    /// Whether files in folders in the folder are taken too.
    package var hasSubfolders = false
    /// Whether other options, or another network, make new jobs of files that were dealt with before, as they lie there.
    package var reannotates = false
    /// When no job of it begins; nil for what is set for all.
    package var quietHours: QuietHours?
    /// The sinks for the ends of its jobs.
    package var events = JobEventSettings()

    /// A drop folder as it is when the configuration names its folder alone: what it writes goes to folders beside it.
    package init(name: String, folder: String) {
        self.name = name
        self.folder = folder
        let parent = folder.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        output = "\(parent)/\(name)-annotated"
        failed = "\(parent)/\(name)-failed"
        done = "\(parent)/\(name)-done"
    }
}

extension DropFolderSettings {
    /// Of jobs; a higher one goes first.
    package static let priorities = -1000...1000

    /// The settings of one drop folder, but for its events and for how its videos are annotated.
    package static let table: [Setting<DropFolderSettings>] = [
        .path("folder", at: \.folder),
        .path("output", at: \.output),
        .path("failed", at: \.failed),
        Setting("source", .choice(), at: \.source),
        .path("done", at: \.done),
        Setting("settle", .number(0...86_400), at: \.settle),
        Setting("rescan", .number(1...86_400), at: \.rescan),
        Setting("attempts", .integer(1...100), at: \.attempts),
        Setting("backoff", .number(0...3600), at: \.backoff),
        Setting("longest-video", .number(1...1e8), at: \.longestVideo),
        Setting("job-timeout", .number(1...1e8), at: \.jobTimeout),
        Setting("largest-file", .integer(1...(1 << 60)), at: \.largestFile),
        Setting("priority", .integer(priorities), at: \.priority),
        .patterns("include", at: \.names.include),
        .patterns("exclude", at: \.names.exclude),
        Setting("subfolders", .flag, at: \.hasSubfolders),
        Setting("reannotate", .flag, at: \.reannotates),
        .quietHours("quiet-hours", ifSet: \.quietHours),
    ]

    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "folders.\(name)"
        // The folders beside it go by its path.
        let folder = try reader.path("\(key).folder")
        self.init(name: name, folder: folder ?? "")
        try reader.read(Self.table, below: key, into: &self)
        annotation = try AnnotationSettings(below: key, &reader)
        events = try JobEventSettings(below: "\(key).events", &reader)
        if folder == nil { throw reader.missing("\(key).folder", in: key) }
    }
}
