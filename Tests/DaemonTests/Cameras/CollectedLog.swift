import Logging
import Synchronization

/// Collects log messages.
final class CollectedLog: Sendable {
    struct Entry: Sendable {
        /// The level and the message.
        var line: String
        /// The metadata of the messages with this text.
        var metadata: [String: String]
    }

    private let all = Mutex<[Entry]>([])

    var entries: [Entry] { all.withLock { $0 } }
    var lines: [String] { entries.map(\.line) }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: CollectedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let entry = Entry(
                line: "\(event.level): \(event.message)", metadata: (event.metadata ?? [:]).mapValues { "\($0)" })
            log.all.withLock { $0.append(entry) }
        }
    }
}
