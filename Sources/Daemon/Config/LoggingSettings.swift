import Logging
import Telemetry

/// What is logged, and how.
struct LoggingSettings: Sendable, Equatable {
    var level: Logger.Level
    var format: LogFormat
}
