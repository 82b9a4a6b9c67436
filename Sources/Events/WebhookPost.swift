import Concurrency
import DaemonConfiguration
import Decode
import FoundationEssentials
import Media
import Pipeline
import WebClient

/// One POST; only the status of the response is used.
struct WebhookPost: Sendable {
    enum Outcome: Sendable, Equatable {
        case status(Int)
        /// One clause without the address.
        case failed(String)
        /// The server did not authenticate itself; one clause without the address.
        case untrusted(String)
    }

    /// Time limit for name resolution, connection and TLS handshake, in seconds.
    private static let timeout = 10.0

    private let address: WebhookAddress
    private let trust: TLSTrust
    private let body: [UInt8]

    /// - Parameter trust: how a server with TLS must authenticate itself.
    init(address: WebhookAddress, trust: TLSTrust = .verified(authorities: nil), body: [UInt8]) {
        self.address = address
        self.trust = trust
        self.body = body
    }

    /// Sends the request; ends immediately when the task is cancelled.
    func run() async -> Outcome {
        guard address.isSecure else { return await post(WebRequest(address.url)) }
        let relay: TLSRelay
        do {
            relay = try await connect()
        } catch let error as MediaError {
            return error.code == .untrusted ? .untrusted(error.reason) : .failed(error.reason)
        } catch {
            return .failed("was cancelled")
        }
        defer { relay.close() }
        guard let url = address.url(by: relay) else { return .failed("has an address that is not supported") }
        var request = WebRequest(url)
        request.headers = [("Host", address.hostAndPort)]
        request.proxies = .none
        return await post(request)
    }

    /// Uses the same TLS relay as cameras and brokers, so that certificate settings, fingerprints included, have the
    /// same meaning and errors have the same text for all of them.
    private func connect() async throws -> TLSRelay {
        let cancellation = Cancellation()
        return try await DedicatedThread.run(name: "webhook", onCancel: { cancellation.cancel() }) { [address, trust] in
            try TLSRelay(
                host: address.host, port: address.port, trust: trust, name: address.place, timeout: Self.timeout,
                cancellation: cancellation)
        }
    }

    private func post(_ request: WebRequest) async -> Outcome {
        var request = request
        request.method = "POST"
        request.body = .bytes(body)
        request.headers += [
            ("Content-Type", "application/json"), ("User-Agent", "saliencyd/\(saliencydVersion)"),
        ]
        if let authorization = address.authorization { request.headers.append(("Authorization", authorization)) }
        do {
            // Redirects are not followed, because the event is meant for the configured address. The body is not read.
            return .status(try await request.send(\.status))
        } catch {
            return .failed(Self.reason((error as? WebError)?.code))
        }
    }

    private static func reason(_ code: WebError.Code?) -> String {
        switch code {
        case .unknownHost: "cannot be found"
        case .unreachable: "cannot be reached"
        case .timedOut: "does not answer in time"
        case .invalidAnswer: "does not answer as an HTTP server"
        case .proxy(let place): "cannot be reached by the proxy \(place)"
        case .cancelled: "was cancelled"
        case .untrusted, .brokenOff, .tooLong, .insecureRedirect, .tooManyRedirects, nil: "ends the connection early"
        }
    }
}
