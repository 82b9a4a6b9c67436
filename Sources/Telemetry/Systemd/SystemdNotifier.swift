import FoundationEssentials
import Glibc

/// Tells systemd how the daemon fares, by `sd_notify(3)`'s protocol: one datagram a message to `$NOTIFY_SOCKET`.
///
/// Without the socket every call does nothing. No call blocks or fails: a message that does not get through is lost.
public struct SystemdNotifier: Sendable {
    /// Characters of a status that are passed on.
    private static let statusLimit = 500

    /// Within this time `watchdog` has to be called again and again, or systemd takes the daemon for hung; half of it is a
    /// good rhythm. Nil if nobody waits for it.
    public let watchdogInterval: Duration?

    private let address: UnixAddress?

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init)
        // WATCHDOG_PID is absent for children that were told on purpose; another number was meant for another process.
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let interval = environment["WATCHDOG_USEC"].flatMap(Int64.init)
        watchdogInterval = interval.flatMap { isForUs && $0 > 0 ? .microseconds($0) : nil }
    }

    /// The start, or a reload, is over.
    public func ready(status: String? = nil) {
        send(["READY=1"], status: status)
    }

    /// The configuration is being read again; `ready` ends it.
    public func reloading() {
        // The time is for `Type=notify-reload` of systemd 253 and later.
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000
        send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    /// The end has begun.
    public func stopping(status: String? = nil) {
        send(["STOPPING=1"], status: status)
    }

    /// What `systemctl status` shows.
    ///
    /// - Parameter text: becomes one line.
    public func status(_ text: String) {
        send([], status: text)
    }

    /// There was progress.
    public func watchdog() {
        send(["WATCHDOG=1"])
    }

    /// The start, the end or the current run may take so much longer, from now on.
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

    /// A line break would begin a field of its own, `MAINPID=1` say.
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
