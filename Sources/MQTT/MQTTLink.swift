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

/// Keeps a connection to the broker and publishes what the outbox has; connects again whenever a connection has ended.
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

    /// Messages that the broker has not confirmed yet.
    private static let maximumInFlight = 20
    /// Seconds that a connection may take to stand.
    private static let timeout = 10.0
    /// Seconds for what waits when the daemon stops.
    private static let finalTimeout = 3.0
    /// Seconds of a connection after which it was a good one: the next is tried soon.
    private static let goodLife = 60.0
    /// Seconds from one answer to Home Assistant's restart to the next.
    private static let resendInterval = 10.0
    /// Milliseconds: nothing rings for deadlines and keep-alive, which are looked for this often.
    private static let longestStep: Int32 = 500

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

    /// Lets `run` return soon, with what waits published.
    func stop() {
        cancellation.cancel()
        outbox.wake.ring()
    }

    /// Until `stop`. Blocks: needs a thread of its own.
    func run() {
        // libmosquitto writes to connections that the broker may have closed.
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
        var outage = MQTTOutage()
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
            if let up, stopwatch.seconds - up > Self.goodLife { backoff.reset() }
            pause(error.code == .denied ? backoff.longestDelay() : backoff.delay())
        }
    }

    private func pause(_ seconds: Double) {
        onPause(seconds)
        let end = stopwatch.seconds + seconds
        while !cancellation.isCancelled, case let rest = end - stopwatch.seconds, rest > 0 {
            outbox.wake.wait(atMost: Int32(min(rest, 60) * 1000) + 1)
        }
    }

    /// One connection.
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
            // Once is enough: it is read again with every connection.
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

    /// Returns once the broker has taken the client in.
    private func connect(_ client: MQTTClient, host: String, port: UInt16) throws(MQTTError) {
        let end = stopwatch.seconds + Self.timeout
        try client.connect(host: host, port: port)
        while !cancellation.isCancelled {
            for case .accepted in try client.step(outbox.wake, atMost: Self.longestStep) { return }
            if stopwatch.seconds > end { throw MQTTError(.unreachable, "does not answer in time") }
        }
        throw MQTTError(.lost, "was cancelled")
    }

    /// Publishes until the connection is lost, or after `stop` until nothing waits.
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
            for event in try client.step(outbox.wake, atMost: Self.longestStep) {
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

/// What is said of a broker that is disconnected: a line at once, then one per minute at most, and one when it is back.
struct MQTTOutage: Sendable {
    /// Seconds.
    private static let interval = 60.0

    private var lastLine: Double?
    private var awaySince: Double?
    private var tries = 0
    private var isTold = false

    /// - Parameters:
    ///   - reason: why the connection ended, or did not come about; a clause.
    ///   - time: in seconds, of a monotonic clock.
    /// - Returns: the line, if there is to be one.
    mutating func ended(_ reason: String, at time: Double) -> String? {
        let since = awaySince ?? time
        awaySince = since
        tries += 1
        if let lastLine, time - lastLine < Self.interval { return nil }
        lastLine = time
        defer { isTold = true }
        guard time - since >= Self.interval else { return "disconnected: \(reason)" }
        let tried = NumberText.count(tries, "try", "tries")
        return "disconnected for \(PlainDuration.text(time - since)), \(tried); last: \(reason)"
    }

    /// - Returns: the line for a restored connection; nil after an outage that was not logged.
    mutating func returned(at time: Double) -> String? {
        defer { (awaySince, tries, isTold) = (nil, 0, false) }
        guard isTold, let awaySince else { return nil }
        return "back after \(PlainDuration.text(time - awaySince))"
    }
}

/// The numeric addresses behind a host's name: libmosquitto itself would try only the first of them, and block.
enum BrokerAddresses {
    /// Blocks as long as the name servers take.
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
