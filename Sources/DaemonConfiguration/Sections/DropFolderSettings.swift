/// One drop folder.
package struct DropFolderSettings: Sendable, Equatable {
    /// How a source is handled once its annotated video is complete.
    package enum Disposition: String, Sendable, CaseIterable {
        case keep, move, delete
    }

    /// An example of `folders`.
    static let example = "folders: {inbox: {folder: /path}}"

    package var name: String
    package var folder: String
    /// The folder for annotated videos.
    package var output: String
    /// The folder for sources that could not be annotated, each with a file that gives the reason.
    package var failed: String
    package var source = Disposition.keep
    /// The folder for sources when the disposition is `move`.
    package var done: String
    /// The time for which a file must stay unchanged before it is taken, in seconds.
    package var settle = 5.0
    /// The time between scans of the whole folder, in seconds.
    package var rescan = 30.0
    /// The number of attempts after which a job has failed.
    package var attempts = 3
    /// The wait before the second attempt in seconds; it doubles before each further one, up to an hour.
    package var backoff = 10.0
    /// The maximum length of a video in seconds.
    package var longestVideo = 90_000.0
    /// The maximum duration of one attempt of a job in seconds.
    package var jobTimeout = 172_800.0
    /// The maximum size of a file in bytes.
    package var largestFile = 1 << 38
    /// The priority of the folder's jobs; those with a higher one are done first.
    package var priority = 0
    package var annotation = AnnotationSettings()
    package var names = NamePatterns()
    /// Whether files in subfolders are taken too.
    package var hasSubfolders = false
    /// Whether changed options, or another network, make new jobs for files in the folder that have already been dealt
    /// with.
    package var reannotates = false
    /// The times in which no job of the folder starts; nil if only the times for all folders apply.
    package var quietHours: QuietHours?
    /// The sinks for the ends of the folder's jobs.
    package var events = JobEventSettings()

    /// A drop folder for which the configuration sets only the folder: its outputs go to folders beside it.
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
    /// The allowed priorities; jobs with a higher one are done first.
    package static let priorities = -1000...1000

    /// The settings of one drop folder, except its events and the settings of the annotation.
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
        // The defaults of the folders beside it depend on its path.
        let folder = try reader.path("\(key).folder")
        self.init(name: name, folder: folder ?? "")
        try reader.read(Self.table, below: key, into: &self)
        annotation = try AnnotationSettings(below: key, &reader)
        events = try JobEventSettings(below: "\(key).events", &reader)
        if folder == nil { throw reader.missing("\(key).folder", in: key) }
    }
}
