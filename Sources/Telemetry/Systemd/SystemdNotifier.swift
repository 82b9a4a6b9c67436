import FoundationEssentials
import Glibc

/// Reports the daemon's state to systemd by `sd_notify(3)`'s protocol: one datagram per message to `$NOTIFY_SOCKET`.
///
/// Without the socket every call does nothing. No call blocks or fails; messages that cannot be delivered are lost.
public struct SystemdNotifier: Sendable {
    /// Maximum number of characters of a status.
    private static let statusLimit = 500

    /// `watchdog` must be called at least once in this interval, or systemd takes the daemon for hung; calling it at
    /// half the interval is usual. Nil if no watchdog is set.
    public let watchdogInterval: Duration?

    private let address: UnixAddress?

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init)
        // WATCHDOG_PID may be removed deliberately for a child process; a different number addresses another process.
        let isForThisProcess = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let interval = environment["WATCHDOG_USEC"].flatMap(Int64.init)
        watchdogInterval = interval.flatMap { isForThisProcess && $0 > 0 ? .microseconds($0) : nil }
    }

    /// Reports that the start or a reload is complete.
    public func ready(status: String? = nil) {
        send(["READY=1"], status: status)
    }

    /// Reports that the configuration is being read again; followed by `ready`.
    public func reloading() {
        // The time is for `Type=notify-reload` of systemd 253 and later.
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000
        send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    /// Reports that the daemon is stopping.
    public func stopping(status: String? = nil) {
        send(["STOPPING=1"], status: status)
    }

    /// Sets the text that `systemctl status` shows.
    ///
    /// - Parameter text: line breaks are replaced by spaces.
    public func status(_ text: String) {
        send([], status: text)
    }

    /// Reports progress to the watchdog.
    public func watchdog() {
        send(["WATCHDOG=1"])
    }

    /// Extends the time limit of the start, the stop or the run by this duration from now on.
    public func extendTimeout(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0 else { return }
        let (whole, isTooLong) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        guard !isTooLong else { return }
        send(["EXTEND_TIMEOUT_USEC=\(whole + UInt64(max(0, attoseconds)) / 1_000_000_000_000)"])
    }

    private func send(_ fields: [String], status: String? = nil) {
        guard let address else { return }
        let lines = fields + (status.map { ["STATUS=" + Self.oneLine($0)] } ?? [])
        address.send(Array(lines.joined(separator: "\n").utf8))
    }

    /// A line break would start another field, such as `MAINPID=1`.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(statusLimit).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }))
    }
}
