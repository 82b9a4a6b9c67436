import FoundationEssentials
import Glibc
import Logging

/// Writes each record as exactly one line: a file name with line breaks cannot imitate another record.
public struct DaemonLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let writer: any LogWriter
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - environment: in which `automatic` looks for `JOURNAL_STREAM`.
    ///   - now: the clock of the time stamps.
    public init(
        label: String, format: LogFormat = .automatic, level: Logger.Level = .info,
        writer: any LogWriter = StandardErrorWriter.shared,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.label = label
        self.format = format.resolved(environment)
        self.writer = writer
        self.now = now
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// The more specific metadata wins: the message's own, then the provider's, then the logger's.
    public func log(event: LogEvent) {
        var fields = metadata
        if let error = event.error { fields["error"] = "\(String(describing: error))" }
        fields.merge(metadataProvider?.get() ?? [:]) { $1 }
        fields.merge(event.metadata ?? [:]) { $1 }
        let line = line(event.level, event.message.description, fields)
        writer.write(line) { self.line(.warning, "\($0) log lines were lost because nobody read them", [:]) }
    }

    private func line(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        LogRecord(time: now(), level: level, label: label, message: message, metadata: fields).line(format)
    }
}

/// The format of log records.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `journal` if standard error is connected to systemd's journal, otherwise `text`.
    case automatic
    /// For people: time, level, label, message, fields.
    case text
    /// For the journal, which adds the time itself: priority, message, fields.
    case journal
    /// For programs: one object per line.
    case json

    /// Resolves `automatic`. `JOURNAL_STREAM` contains the device and inode of the stream that systemd connected. The
    /// variable persists after a redirection, so standard error must still be that stream.
    func resolved(_ environment: [String: String], descriptor: Int32 = STDERR_FILENO) -> LogFormat {
        guard self == .automatic else { return self }
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return .text }
        return .journal
    }
}
