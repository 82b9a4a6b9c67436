import Glibc

/// How log records are spelled.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `journal` where standard error leads to systemd's journal, else `text`.
    case automatic
    /// For people: time, level, label, message, fields.
    case text
    /// For the journal, which knows the time itself: priority, message, fields.
    case journal
    /// For machines: one object a line.
    case json

    /// What `automatic` stands for. `JOURNAL_STREAM` names the device and inode of the stream that systemd connected; the
    /// variable outlives a redirection, so it counts only if standard error still is that stream.
    func resolved(_ environment: [String: String], descriptor: Int32 = STDERR_FILENO) -> LogFormat {
        guard self == .automatic else { return self }
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return .text }
        return .journal
    }
}
