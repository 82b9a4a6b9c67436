import Concurrency
import Decode
import Foundation
import FoundationNetworking
import Media
import Pipeline
import Synchronization

/// One POST, of which only the answer's status matters. All calls of `URLSession` come one after the other.
final class WebhookPost: NSObject, Sendable {
    enum Outcome: Sendable, Equatable {
        case status(Int)
        /// One clause without the address.
        case failed(String)
        /// The server does not prove who it is; one clause without the address.
        case untrusted(String)
    }

    /// Seconds for the name, the connection and the handshake of TLS.
    private static let patience = 10.0

    private struct State {
        var outcome: Outcome?
        var isStarted = false
        var completion: CheckedContinuation<Void, Never>?
    }

    private let address: WebhookAddress
    private let trust: TLSTrust
    private let body: Data
    private let state = Mutex(State())

    /// - Parameter trust: how the server proves who it is, where it speaks TLS.
    init(address: WebhookAddress, trust: TLSTrust = .verified(authorities: nil), body: [UInt8]) {
        self.address = address
        self.trust = trust
        self.body = Data(body)
    }

    /// Ends at once when the task is cancelled.
    func run() async -> Outcome {
        guard address.isSecure else { return await post(to: address.url) }
        let relay: TLSRelay
        do {
            relay = try await connect()
        } catch let error as MediaError {
            return error.code == .untrusted ? .untrusted(error.reason) : .failed(error.reason)
        } catch {
            return .failed("was not waited for")
        }
        defer { relay.close() }
        guard let url = address.url(by: relay) else { return .failed("has an address that cannot be asked") }
        return await post(to: url, host: address.hostAndPort)
    }

    /// `URLSession` checks certificates in one way only: what it sends goes by a relay that checks as it is demanded.
    private func connect() async throws -> TLSRelay {
        let cancellation = Cancellation()
        return try await DedicatedThread.run(name: "webhook", onCancel: { cancellation.cancel() }) { [address, trust] in
            try TLSRelay(
                host: address.host, port: address.port, trust: trust, name: address.place, timeout: Self.patience,
                cancellation: cancellation)
        }
    }

    private func post(to url: URL, host: String? = nil) async -> Outcome {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        if let host { request.setValue(host, forHTTPHeaderField: "Host") }
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("saliencyd/\(saliencydVersion)", forHTTPHeaderField: "User-Agent")
        request.setValue(address.authorization, forHTTPHeaderField: "Authorization")
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        // Cancellation comes by the same queue: URLSession traps where an answer to one of its questions comes after it.
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.completion = continuation }
                queue.addOperation { self.start(task) }
            }
        } onCancel: {
            queue.addOperation { self.end(task, .failed("was not waited for")) }
        }
        return state.withLock { $0.outcome } ?? .failed("does not answer")
    }

    private func start(_ task: URLSessionTask) {
        let isOver = state.withLock { state in
            state.isStarted = true
            return state.outcome != nil
        }
        if isOver { finish() } else { task.resume() }
    }

    private var hasEnded: Bool { state.withLock { $0.outcome != nil } }

    /// Ends the request, on the delegate's queue; the first outcome counts.
    private func end(_ task: URLSessionTask, _ outcome: Outcome) {
        let isRunning = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.outcome = outcome
            return state.isStarted
        }
        guard isRunning else { return }
        task.cancel()
        finish()
    }

    private func finish() {
        let completion = state.withLock { state in
            defer { state.completion = nil }
            return state.completion
        }
        completion?.resume()
    }
}

extension WebhookPost: URLSessionDataDelegate {
    /// Nowhere else: the event is for the address that was given.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        end(task, .status(response.statusCode))
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard !hasEnded else { return }
        completionHandler(.allow)
        guard let response = response as? HTTPURLResponse else { return }
        // What it says beside the status is not read.
        end(dataTask, .status(response.statusCode))
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let reason =
            switch (error as? URLError)?.code {
            case .cannotFindHost, .dnsLookupFailed: "cannot be found"
            case .cannotConnectToHost: "cannot be reached"
            case .timedOut: "does not answer in time"
            default: "ends the connection early"
            }
        state.withLock { state in
            if state.outcome == nil { state.outcome = .failed(reason) }
        }
        finish()
    }
}
