import DaemonConfiguration
import Decode
import Media
import Pipeline

/// Posts each event as JSON to an HTTP address.
struct Webhook<Delivered: Event>: EventSink {
    let name = "webhook"
    let capacity = 100
    let address: WebhookAddress
    /// How the server proves who it is.
    let trust: TLSTrust
    let clock: any Clock<Duration>
    /// One try has so long, from the connection to the answer.
    let timeout: Duration

    /// Before the second try and the third, the last.
    static var waits: [Duration] { [.seconds(1), .seconds(4)] }

    init(
        _ address: WebhookAddress, trust: TLSTrust = .verified(authorities: nil),
        clock: any Clock<Duration> = ContinuousClock(), timeout: Duration = .seconds(10)
    ) {
        self.address = address
        self.trust = trust
        self.clock = clock
        self.timeout = timeout
    }

    func deliver(_ event: Delivered) async throws {
        let body = event.json()
        for wait in Self.waits {
            guard let failure = await post(body) else { return }
            guard failure.isPassing else { throw failure }
            try await clock.sleep(for: wait)
        }
        if let failure = await post(body) { throw failure }
    }

    /// - Returns: why it was not taken.
    private func post(_ body: [UInt8]) async -> WebhookError? {
        switch await outcome(of: WebhookPost(address: address, trust: trust, body: body)) {
        case .status(200..<300)?: nil
        case .status(let status)?:
            WebhookError(
                place: address.place, reason: "answers \(status)",
                isPassing: status >= 500 || status == 408 || status == 429)
        case .failed(let reason)?: WebhookError(place: address.place, reason: reason, isPassing: true)
        // A certificate stays as wrong as it is.
        case .untrusted(let reason)?: WebhookError(place: address.place, reason: reason, isPassing: false)
        case nil: WebhookError(place: address.place, reason: "does not answer in time", isPassing: true)
        }
    }

    /// Nil if it takes too long.
    private func outcome(of post: WebhookPost) async -> WebhookPost.Outcome? {
        let (clock, timeout) = (clock, timeout)
        return await withTaskGroup(of: WebhookPost.Outcome?.self) { group in
            group.addTask { await post.run() }
            group.addTask {
                try? await clock.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
