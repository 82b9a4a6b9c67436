import Encode
import FoundationEssentials

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
    package var source: Disposition
    /// Where sources go with `move`.
    package var done: String
    /// Seconds for which a file has to stay as it is before it is taken.
    package var settle: Double
    /// Seconds from one look at the whole folder to the next.
    package var rescan: Double
    /// Times that a job is tried before it has failed.
    package var attempts: Int
    /// Seconds before the second try; twice as long before each further one, up to an hour.
    package var backoff: Double
    /// Seconds of the longest video that is annotated.
    package var longestVideo: Double
    /// Seconds that one attempt of a job may take.
    package var jobTimeout: Double
    /// Bytes of the largest file that is taken.
    package var largestFile: Int
    /// Jobs of a higher one go first.
    package var priority: Int
    package var container: OutputContainer
    package var annotation: AnnotationSettings
    package var names = NamePatterns()
    /// Whether files in folders in the folder are taken too.
    package var hasSubfolders = false
    /// Whether other options, or another network, make new jobs of files that were dealt with before, as they lie there.
    package var reannotates = false
    /// When no job of it begins; nil for what is set for all.
    package var quietHours: QuietHours?
    /// The sinks for the ends of its jobs.
    package var events = JobEventSettings()
}

extension DropFolderSettings {
    /// The folder that a whole path lies in.
    private static func parent(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return path.hasPrefix("/") ? "/" + parts.joined(separator: "/") : parts.joined(separator: "/")
    }

    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "folders.\(name)"
        let places = try reader.path("\(key).folder")
        self.name = name
        folder = places ?? ""
        let beside = Self.parent(of: folder)
        output = try reader.path("\(key).output", default: "\(beside)/\(name)-annotated")
        failed = try reader.path("\(key).failed", default: "\(beside)/\(name)-failed")
        source = try reader.choice("\(key).source", default: .keep)
        done = try reader.path("\(key).done", default: "\(beside)/\(name)-done")
        settle = try reader.number("\(key).settle", 0...86_400, default: 5)
        rescan = try reader.number("\(key).rescan", 1...86_400, default: 30)
        attempts = try reader.int("\(key).attempts", 1...100, default: 3)
        backoff = try reader.number("\(key).backoff", 0...3600, default: 10)
        longestVideo = try reader.number("\(key).longest-video", 1...1e8, default: 90_000)
        jobTimeout = try reader.number("\(key).job-timeout", 1...1e8, default: 172_800)
        largestFile = try reader.int("\(key).largest-file", 1...(1 << 60), default: 1 << 38)
        priority = try reader.int("\(key).priority", -1000...1000, default: 0)
        container = try reader.choice("\(key).container", default: .mp4)
        annotation = try AnnotationSettings(below: key, &reader, container: container)
        names = NamePatterns(
            include: try reader.patterns("\(key).include"), exclude: try reader.patterns("\(key).exclude"))
        hasSubfolders = try reader.flag("\(key).subfolders", default: false)
        reannotates = try reader.flag("\(key).reannotate", default: false)
        quietHours = try reader.quietHours("\(key).quiet-hours")
        events = try JobEventSettings(below: "\(key).events", &reader)
        if places == nil { throw reader.missing("\(key).folder", in: key) }
    }
}

extension DropFolderSettings {
    /// Keys and values as the configuration has them.
    package var entries: [(key: String, value: String)] {
        let own: [(key: String, value: String)] = [
            ("folder", folder), ("output", output), ("failed", failed), ("source", source.rawValue), ("done", done),
            ("settle", "\(settle)"), ("rescan", "\(rescan)"), ("attempts", "\(attempts)"), ("backoff", "\(backoff)"),
            ("longest-video", "\(longestVideo)"), ("job-timeout", "\(jobTimeout)"), ("largest-file", "\(largestFile)"),
            ("priority", "\(priority)"), ("subfolders", "\(hasSubfolders)"), ("reannotate", "\(reannotates)"),
        ]
        let quiet = quietHours.map { [(key: "quiet-hours", value: $0.text)] } ?? []
        return own + quiet + annotation.entries(container: container)
    }
}
