import DaemonConfiguration
import Decode
import Media
import Pipeline

/// Posts each event as JSON to an HTTP address.
struct Webhook<Delivered: Event>: EventSink {
    let name = "webhook"
    let capacity = 100
    let address: WebhookAddress
    /// How the server must authenticate itself.
    let trust: TLSTrust
    let clock: any Clock<Duration>
    /// The time limit of one attempt, from the connection to the response.
    let timeout: Duration

    /// The waits before the second and the third, last, attempt.
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
            guard failure.isTransient else { throw failure }
            try await clock.sleep(for: wait)
        }
        if let failure = await post(body) { throw failure }
    }

    /// - Returns: why the event was not accepted; nil if it was.
    private func post(_ body: [UInt8]) async -> WebhookError? {
        switch await outcome(of: WebhookPost(address: address, trust: trust, body: body)) {
        case .status(200..<300)?: nil
        case .status(let status)?:
            WebhookError(
                place: address.place, reason: "answers \(status)",
                isTransient: status >= 500 || status == 408 || status == 429)
        case .failed(let reason)?: WebhookError(place: address.place, reason: reason, isTransient: true)
        // Another attempt would meet the same certificate.
        case .untrusted(let reason)?: WebhookError(place: address.place, reason: reason, isTransient: false)
        case nil: WebhookError(place: address.place, reason: "does not answer in time", isTransient: true)
        }
    }

    /// The outcome; nil if it takes too long.
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
