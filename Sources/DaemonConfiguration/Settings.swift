import Engine
import Logging
import Pipeline
import Telemetry

/// All settings of `serve`, decoded once and never changed; a reload creates a new value.
package struct Settings: Sendable, Equatable {
    /// The network: the name of a built-in or installed model, or a checkpoint's path.
    package var model = BuiltInModel.motion.rawValue
    /// A file with one label per line, instead of the model's own labels.
    package var labels: String?
    /// The folder of the ledger.
    package var state = "/var/lib/saliencyd"
    package var ledger = LedgerSettings()
    package var engine = EngineSettings()
    package var http = HTTPSettings()
    package var logging = LoggingSettings()
    /// The settings of MQTT; nil if nothing is published.
    package var mqtt: MQTTSettings?
    /// The conditions under which no job of any drop folder starts.
    package var holds = HoldLimits()
    /// The drop folders in the order of `folders`.
    package var dropFolders: [DropFolderSettings] = []
    /// The cameras in the order of `cameras`.
    package var cameras: [CameraSettings] = []

    /// Whether a change to `other` requires a new process, because it affects resources that running parts share.
    package func differsBeyondSources(from other: Settings) -> Bool {
        var same = other
        same.dropFolders = dropFolders
        same.cameras = cameras
        same.http.tokenFile = http.tokenFile
        same.http.tokens = http.tokens
        same.holds = holds
        return same != self
    }
}

/// The limits of the engine.
package struct EngineSettings: Sendable, Equatable {
    /// The number of threads; nil for one per usable core.
    package var threads: Int?
    package var memory = MemoryUse.fast
    /// The number of videos annotated at the same time, which share the threads.
    package var jobs = 1
    /// The memory for the frames of one job in bytes; nil for half of the memory, divided by the number of jobs.
    var frameMemory: Int?

    /// The memory for the frames of one job in bytes.
    package var frameLimit: Int { frameMemory ?? MemoryBudget.total / 2 / jobs }
}

/// How long the ledger keeps jobs that have ended.
package struct LedgerSettings: Sendable, Equatable {
    /// The maximum age in days; nil for no limit.
    package var keepAge: Double? = 365
    /// The maximum number of jobs; nil for no limit.
    package var keepJobs: Int? = 100_000
}

/// The conditions under which no job starts.
package struct HoldLimits: Sendable, Equatable {
    /// The quiet hours of all drop folders, in addition to each folder's own.
    package var quietHours: QuietHours?
    /// The free space in bytes that the disks of the outputs and of the state folder must keep; 0 for no limit.
    package var freeSpace: Int64 = 0
}

/// The level and the format of the log.
package struct LoggingSettings: Sendable, Equatable {
    package var level = Logger.Level.info
    package var format = LogFormat.automatic
}

extension Settings {
    /// The settings outside of folders, cameras, tokens and MQTT.
    package static let table: [Setting<Settings>] = [
        .text("model", at: \.model),
        .path("labels", ifSet: \.labels),
        .path("state", at: \.state),
        .quietHours("quiet-hours", ifSet: \.holds.quietHours),
        Setting("free-space", .bytes, at: \.holds.freeSpace),
        Setting("ledger.keep-age", .number(1...36_500), ifSet: \.ledger.keepAge, or: "all"),
        Setting("ledger.keep-jobs", .integer(1000...100_000_000), ifSet: \.ledger.keepJobs, or: "all"),
        Setting("engine.threads", .integer(1...ThreadPool.maximumThreads), ifSet: \.engine.threads),
        Setting("engine.memory", .choice(), at: \.engine.memory),
        Setting("engine.jobs", .integer(1...64), at: \.engine.jobs),
        Setting("engine.frame-memory", .integer((64 << 20)...(1 << 44)), ifSet: \.engine.frameMemory),
        Setting("http.enabled", .flag, at: \.http.isEnabled),
        .text("http.address", at: \.http.address),
        Setting("http.port", .integer(0...65_535), at: \.http.port),
        .path("http.token-file", ifSet: \.http.tokenFile),
        Setting("http.largest-upload", .integer(1...(1 << 40)), at: \.http.largestUpload),
        Setting("logging.level", .choice(), at: \.logging.level),
        Setting("logging.format", .choice(), at: \.logging.format),
    ]
}
