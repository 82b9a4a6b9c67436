import Cameras
import Concurrency
import CoreMetrics
import DaemonConfiguration
import Decode
import Glibc
import Logging
import Media
import Pipeline
import Synchronization

/// Maintains the connection to the broker and publishes the messages of the outbox; connects again whenever a
/// connection has ended.
final class MQTTLink: Sendable {
    private let settings: MQTTSettings
    private let topics: MQTTTopics
    private let outbox: MQTTOutbox
    private let secrets: CameraSecrets
    private let log: Logger
    private let stopwatch: Stopwatch
    private let cancellation = Cancellation()
    private let backoff: ReconnectBackoff
    private let onPause: @Sendable (Double) -> Void
    private let hasWarned = Atomic(false)
    private let connectedMeter = Meter(label: "saliencyd_mqtt_connected")

    /// The maximum number of unconfirmed messages.
    private static let maximumInFlight = 20
    /// Time limit for establishing a connection, in seconds.
    private static let timeout = 10.0
    /// Time limit for publishing the waiting messages when the daemon stops, in seconds.
    private static let finalTimeout = 3.0
    /// After this many seconds a connection counts as stable, and the back-off starts from the beginning.
    private static let stableConnectionSeconds = 60.0
    /// Minimum seconds between two responses to restarts of Home Assistant.
    private static let resendInterval = 10.0
    /// The longest wait in milliseconds: deadlines and keep-alive do not wake the thread and are checked at this
    /// interval.
    private static let maximumStep: Int32 = 500

    /// - Parameters:
    ///   - onPause: called with the seconds until the next try.
    init(
        _ settings: MQTTSettings, outbox: MQTTOutbox, secrets: CameraSecrets = CameraSecrets(), log: Logger,
        clock: some Clock<Duration>, backoff: ReconnectBackoff = ReconnectBackoff(),
        onPause: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.settings = settings
        topics = MQTTTopics(settings)
        self.outbox = outbox
        self.secrets = secrets
        self.log = log
        stopwatch = Stopwatch(clock)
        self.backoff = backoff
        self.onPause = onPause
    }

    /// Makes `run` return soon, after publishing the waiting messages.
    func stop() {
        cancellation.cancel()
        outbox.wake.signal()
    }

    /// Runs until `stop`. Blocks, so it needs its own thread.
    func run() {
        // libmosquitto may write to connections that the broker has closed.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        connectedMeter.set(0)
        if settings.address.isSecure, settings.trust == .any {
            log.warning(
                """
                mqtt: \(settings.address.text) is not authenticated (mqtt.tls: any): anyone who can redirect the \
                connection can impersonate it
                """)
        }
        var backoff = backoff
        var outage = MQTTOutageMessages()
        var hasConnected = false
        while !cancellation.isCancelled {
            var up: Double?
            let error = connection {
                up = stopwatch.seconds
                connectedMeter.set(1)
                let line = outage.returned(at: stopwatch.seconds)
                if let line { log.notice("mqtt: \(settings.address.text): \(line)") }
                if !hasConnected, line == nil { log.notice("mqtt: connected to \(settings.address.text)") }
                hasConnected = true
            }
            connectedMeter.set(0)
            outbox.reset()
            guard let error, !cancellation.isCancelled else { return }
            if let line = outage.ended(error.reason, at: stopwatch.seconds) {
                log.warning("mqtt: \(settings.address.text): \(line)")
            }
            if let up, stopwatch.seconds - up > Self.stableConnectionSeconds { backoff.reset() }
            pause(error.code == .denied ? backoff.longestDelay() : backoff.delay())
        }
    }

    private func pause(_ seconds: Double) {
        onPause(seconds)
        let end = stopwatch.seconds + seconds
        while !cancellation.isCancelled, case let remaining = end - stopwatch.seconds, remaining > 0 {
            outbox.wake.wait(atMost: Int32(min(remaining, 60) * 1000) + 1)
        }
    }

    /// Runs one connection.
    ///
    /// - Returns: why it ended; nil after `stop`.
    private func connection(onUp: () -> Void) -> MQTTError? {
        do throws(MQTTError) {
            let password = try password()
            guard settings.address.isSecure else {
                var failure = MQTTError(.unreachable, "has no address")
                for host in try BrokerAddresses.resolve(settings.address.host) {
                    let client = try client(password)
                    do throws(MQTTError) {
                        try connect(client, host: host, port: settings.address.port)
                    } catch {
                        failure = error
                        guard error.code == .unreachable, !cancellation.isCancelled else { throw error }
                        continue
                    }
                    onUp()
                    try publish(by: client)
                    return nil
                }
                throw failure
            }
            let relay = try relay()
            defer { relay.close() }
            let client = try client(password)
            try connect(client, host: "127.0.0.1", port: relay.port)
            onUp()
            try publish(by: client)
            return nil
        } catch {
            return error
        }
    }

    private func password() throws(MQTTError) -> Secret? {
        guard let file = settings.passwordFile else { return nil }
        do throws(SettingsError) {
            let (password, warnings) = try secrets.password(in: file, for: "mqtt.password-file")
            // Only once, although the file is read for every connection.
            if !hasWarned.exchange(true, ordering: .relaxed) {
                for warning in warnings { log.warning("mqtt: \(warning)") }
            }
            return password
        } catch {
            throw MQTTError(.unusable, "is not connected to: \(error)")
        }
    }

    private func client(_ password: Secret?) throws(MQTTError) -> MQTTClient {
        try MQTTClient(
            id: settings.clientID, user: settings.user, password: password,
            will: MQTTMessage(topic: topics.status, payload: MQTTTopics.offline, isRetained: true))
    }

    private func relay() throws(MQTTError) -> TLSRelay {
        let address = settings.address
        do throws(MediaError) {
            return try TLSRelay(
                host: address.host, port: address.port, trust: settings.trust, name: address.text,
                timeout: Self.timeout, cancellation: cancellation)
        } catch {
            var error = error
            error.file = nil
            throw MQTTError(error.code == .untrusted ? .untrusted : .unreachable, error.description)
        }
    }

    /// Returns once the broker has accepted the connection.
    private func connect(_ client: MQTTClient, host: String, port: UInt16) throws(MQTTError) {
        let end = stopwatch.seconds + Self.timeout
        try client.connect(host: host, port: port)
        while !cancellation.isCancelled {
            for case .accepted in try client.step(outbox.wake, atMost: Self.maximumStep) { return }
            if stopwatch.seconds > end { throw MQTTError(.unreachable, "does not answer in time") }
        }
        throw MQTTError(.lost, "was cancelled")
    }

    /// Publishes until the connection is lost, or after `stop` until no message waits.
    private func publish(by client: MQTTClient) throws(MQTTError) {
        if settings.hasDiscovery { try client.subscribe(topics.homeAssistantStatus) }
        outbox.set(topics.status, MQTTTopics.online)
        var inFlight: [Int32: MQTTOutbox.Item] = [:]
        var end: Double?
        var lastResend: Double?
        var resends = false
        while true {
            if end == nil, cancellation.isCancelled {
                outbox.set(topics.status, MQTTTopics.offline)
                end = stopwatch.seconds + Self.finalTimeout
            }
            while inFlight.count < Self.maximumInFlight, let item = outbox.next() {
                inFlight[try client.publish(item.message)] = item
            }
            if let end, inFlight.isEmpty && outbox.isEmpty || stopwatch.seconds > end {
                client.disconnect()
                return
            }
            for event in try client.step(outbox.wake, atMost: Self.maximumStep) {
                switch event {
                case .accepted: break
                case .delivered(let number):
                    if let item = inFlight.removeValue(forKey: number) { outbox.delivered(item) }
                case .message(topics.homeAssistantStatus, MQTTTopics.online, isRetained: false): resends = true
                case .message: break
                }
            }
            if resends, stopwatch.seconds - (lastResend ?? -.infinity) >= Self.resendInterval {
                (resends, lastResend) = (false, stopwatch.seconds)
                outbox.resend()
            }
        }
    }
}

/// Messages about outages of the broker: one at the start, then at most one per minute, and one when it is back.
struct MQTTOutageMessages: Sendable {
    /// Minimum seconds between two messages.
    private static let interval = 60.0

    private var lastMessage: Double?
    private var disconnectedSince: Double?
    private var tries = 0
    private var isReported = false

    /// - Parameters:
    ///   - reason: why the connection ended or could not be established, as a clause.
    ///   - time: seconds by a monotonic clock.
    /// - Returns: the message, if one is due.
    mutating func ended(_ reason: String, at time: Double) -> String? {
        let since = disconnectedSince ?? time
        disconnectedSince = since
        tries += 1
        if let lastMessage, time - lastMessage < Self.interval { return nil }
        lastMessage = time
        defer { isReported = true }
        guard time - since >= Self.interval else { return "disconnected: \(reason)" }
        let tried = NumberText.count(tries, "try", "tries")
        return "disconnected for \(PlainDuration.text(time - since)), \(tried); last: \(reason)"
    }

    /// - Returns: the message for a restored connection; nil if the outage was not logged.
    mutating func returned(at time: Double) -> String? {
        defer { (disconnectedSince, tries, isReported) = (nil, 0, false) }
        guard isReported, let disconnectedSince else { return nil }
        return "back after \(PlainDuration.text(time - disconnectedSince))"
    }
}

/// Resolves a host name to its numeric addresses: libmosquitto itself would try only the first of them, and block.
enum BrokerAddresses {
    /// Blocks until the name servers have responded.
    static func resolve(_ host: String) throws(MQTTError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            let cause = String(cString: gai_strerror(status))
            throw MQTTError(
                .unreachable, "cannot be found (\(cause)); check the name, and this machine's name servers")
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let address = String(decoding: bytes, as: UTF8.self)
            if !addresses.contains(address) { addresses.append(address) }
        }
        guard !addresses.isEmpty else { throw MQTTError(.unreachable, "has no address") }
        return addresses
    }
}
