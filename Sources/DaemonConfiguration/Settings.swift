import Engine
import Logging
import Pipeline
import Telemetry

/// Everything `serve` is told, decoded once and never changed: a reload makes another one.
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
    /// Nil where nothing is published over MQTT.
    package var mqtt: MQTTSettings?
    /// What holds up jobs of all drop folders.
    package var holds = HoldLimits()
    /// In the order of `folders`.
    package var dropFolders: [DropFolderSettings] = []
    /// In the order of `cameras`.
    package var cameras: [CameraSettings] = []

    /// Whether going over to `other` takes a new process: these are what running parts share.
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

/// What the engine may use.
package struct EngineSettings: Sendable, Equatable {
    /// Nil for one per usable core.
    package var threads: Int?
    package var memory = MemoryUse.fast
    /// Videos annotated at the same time; each has its share of the threads.
    package var jobs = 1
    /// Bytes that the frames of one job may take; nil for half of the memory, shared among the jobs.
    var frameMemory: Int?

    /// Bytes that the frames of one job may take.
    package var frameLimit: Int { frameMemory ?? MemoryBudget.total / 2 / jobs }
}

/// For how long the ledger remembers jobs that are over.
package struct LedgerSettings: Sendable, Equatable {
    /// Days; nil for ever.
    package var keepAge: Double? = 365
    /// Jobs; nil for any number.
    package var keepJobs: Int? = 100_000
}

/// When no job begins.
package struct HoldLimits: Sendable, Equatable {
    /// Of all drop folders; each may have its own beside them.
    package var quietHours: QuietHours?
    /// Bytes that outputs' disks and the state folder's have to keep free; 0 for none.
    package var freeSpace: Int64 = 0
}

/// What is logged, and how.
package struct LoggingSettings: Sendable, Equatable {
    package var level = Logger.Level.info
    package var format = LogFormat.automatic
}

extension Settings {
    /// The settings that belong to no folder, camera or token, but for MQTT's.
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
