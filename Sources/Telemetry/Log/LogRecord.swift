import FoundationEssentials
import Logging

/// One message with its fields, formatted as a line.
///
/// Everything is truncated: the journal splits lines above 48 KiB, and the second part would look like a separate
/// record.
struct LogRecord {
    /// Maximum size of the escaped message in bytes.
    static let messageLimit = 8192
    /// Maximum size of a field's escaped value in bytes.
    static let valueLimit = 2048
    /// Maximum size of a field's name in bytes.
    static let nameLimit = 64
    /// Fields beyond this number are only counted.
    static let fieldLimit = 16

    private let time: Date
    private let level: Logger.Level
    private let label: String
    private let message: String
    /// Sorted by name.
    private let fields: [(name: String, value: String)]

    init(time: Date, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        let sorted = metadata.sorted { $0.key < $1.key }
        var fields = sorted.prefix(Self.fieldLimit).map { (name: $0.key, value: Self.text($0.value)) }
        if sorted.count > Self.fieldLimit {
            fields.append((name: "more_fields", value: String(sorted.count - Self.fieldLimit)))
        }
        self.fields = fields
    }

    /// The record with its line break.
    func line(_ format: LogFormat) -> String {
        switch format {
        case .json:
            return json + "\n"
        case .journal:
            // Without the label, since the journal has the unit's name. The priority also keeps an empty line from
            // being dropped.
            return "<\(priority)>\(body)\n"
        case .text, .automatic:
            let name = LogText.escaped(label, limit: Self.nameLimit)
            return "\(timestamp) \(level.rawValue) \(name): \(body)\n"
        }
    }

    private var body: String {
        let parts = fields.map { "\(LogText.fieldName($0.name))=\(LogText.fieldValue($0.value))" }
        return ([LogText.escaped(message, limit: Self.messageLimit)] + parts).joined(separator: " ")
    }

    private var json: String {
        var parts = [
            #""time":"\#(timestamp)""#, #""level":"\#(level.rawValue)""#,
            #""label":\#(LogText.json(label, limit: Self.nameLimit))"#,
            #""message":\#(LogText.json(message, limit: Self.messageLimit))"#,
        ]
        if !fields.isEmpty {
            // In a separate object, so that no field can replace the message or its level.
            let values = fields.map { LogText.json($0.name, limit: Self.nameLimit) + ":" + LogText.json($0.value) }
            parts.append("\"fields\":{\(values.joined(separator: ","))}")
        }
        return "{\(parts.joined(separator: ","))}"
    }

    /// UTC, RFC 3339, with milliseconds.
    private var timestamp: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// The priority as in `syslog(3)`.
    private var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// Dictionaries are sorted, so that the order does not depend on the hash seed.
    private static func text(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .array(let values): return "[" + values.map(text).joined(separator: ", ") + "]"
        case .dictionary(let values):
            let parts = values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }
            return "{" + parts.joined(separator: ", ") + "}"
        default: return value.description
        }
    }
}
