import Logging

/// What is logged, and how.
struct LoggingSettings: Sendable, Equatable {
    enum Format: String, Sendable, CaseIterable {
        /// For journald where it listens, text elsewhere.
        case automatic
        case text, journal, json
    }

    var level: Logger.Level
    var format: Format
}
