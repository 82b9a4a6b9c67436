import Engine
import Logging
import Pipeline
import Telemetry

/// Everything `serve` is told, decoded once and never changed: a reload makes another one.
package struct Settings: Sendable, Equatable {
    /// The network: the name of a built-in or installed model, or a checkpoint's path.
    package var model: String
    /// A file with one label per line, instead of the model's own labels.
    package var labels: String?
    /// The folder of the ledger.
    package var state: String
    package var ledger = LedgerSettings.usual
    package var engine: EngineSettings
    package var http: HTTPSettings
    package var logging: LoggingSettings
    /// Nil where nothing is published over MQTT.
    package var mqtt: MQTTSettings?
    /// What holds up jobs of all drop folders.
    package var holds = HoldLimits()
    /// In the order of `folders`.
    package var dropFolders: [DropFolderSettings]
    /// In the order of `cameras`.
    package var cameras: [CameraSettings]

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
    package var memory: MemoryUse
    /// Videos annotated at the same time; each has its share of the threads.
    package var jobs: Int
    /// Bytes that the frames of one job may take; nil for half of the memory, shared among the jobs.
    var frameMemory: Int?

    /// Bytes that the frames of one job may take.
    package var frameLimit: Int { frameMemory ?? MemoryBudget.total / 2 / jobs }
}

/// For how long the ledger remembers jobs that are over.
package struct LedgerSettings: Sendable, Equatable {
    /// Days; nil for ever.
    package var keepAge: Double?
    /// Jobs; nil for any number.
    package var keepJobs: Int?

    /// What stands for no limit.
    package static let all = "all"
    static let ages = 1.0...36_500
    package static let numbers = 1000...100_000_000
    static let usual = LedgerSettings(keepAge: 365, keepJobs: 100_000)
}

extension LedgerSettings {
    package init(_ reader: inout SettingsReader) throws(SettingsError) {
        self = .usual
        if try reader.text("ledger.keep-age") != nil {
            keepAge = try reader.number("ledger.keep-age", Self.ages, or: Self.all)
        }
        if try reader.text("ledger.keep-jobs") != nil {
            keepJobs = try reader.int("ledger.keep-jobs", Self.numbers, or: Self.all)
        }
    }
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
    package var level: Logger.Level
    package var format: LogFormat
}
