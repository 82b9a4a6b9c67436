import Engine
import Files
import Foundation
import FoundationNetworking
import Synchronization

/// One request for a file over HTTP, whose body is appended to a partial file as it comes.
///
/// Nothing of the body is kept in memory: every piece is written where the session hands it over. All calls of
/// `URLSession` come one after the other.
final class HTTPTransfer: NSObject, Sendable {
    /// How a request ended that brought what it could.
    enum Outcome: Sendable, Equatable {
        /// The server sent everything it announced.
        case complete
        /// The connection ended early or the server asks for patience; another request may go on.
        case interrupted(reason: String)
    }

    private struct State {
        var failure: ModelError?
        /// Why another request makes sense.
        var interruption: String?
        var received = 0
        var isStarted = false
        var completion: CheckedContinuation<Void, Never>?
    }

    private let url: URL
    private let part: PartialDownload
    private let onBytes: @Sendable (_ count: Int, _ expected: Int?) -> Void
    private let state = Mutex(State())

    /// Without any byte for so long, a connection counts as broken.
    static let idleLimit: TimeInterval = 60

    /// - Parameter onBytes: called for every piece written, with its length and the file's size as the server says.
    init(
        url: URL, part: PartialDownload, onBytes: @escaping @Sendable (_ count: Int, _ expected: Int?) -> Void
    ) {
        self.url = url
        self.part = part
        self.onBytes = onBytes
    }

    /// Bytes of the body that were written.
    var received: Int { state.withLock { $0.received } }

    /// - Throws: `ModelError` with `unavailable` for what no second request can mend, `cannotWrite`, `cancelled`.
    func run(idleLimit: TimeInterval = HTTPTransfer.idleLimit) async throws -> Outcome {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: idleLimit)
        // Compressed bodies have no ranges of the file itself.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        request.setValue("saliencyd/\(saliencydVersion)", forHTTPHeaderField: "User-Agent")
        if let resumption = try part.resumption() {
            request.setValue("bytes=\(resumption.offset)-", forHTTPHeaderField: "Range")
            request.setValue(resumption.validator, forHTTPHeaderField: "If-Range")
        }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = idleLimit
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        // One call after the other, cancellation included: URLSession traps where an answer to one of its questions
        // comes after `cancel`, so whoever cancels and whoever answers has to know of the other.
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.completion = continuation }
                queue.addOperation { self.start(task) }
            }
        } onCancel: {
            queue.addOperation { self.end(task, failure: self.cancelled) }
        }
        if Task.isCancelled { throw cancelled }
        return try state.withLock { state throws(ModelError) in
            if let failure = state.failure { throw failure }
            return state.interruption.map { .interrupted(reason: $0) } ?? .complete
        }
    }

    private var cancelled: ModelError { ModelError(.cancelled, "interrupted", file: url.absoluteString) }

    private func unavailable(_ reason: String) -> ModelError {
        ModelError(.unavailable, reason, file: url.absoluteString)
    }

    /// Begins the request, on the delegate's queue, unless it was cancelled before.
    private func start(_ task: URLSessionTask) {
        let isCancelled = state.withLock { state in
            state.isStarted = true
            return state.failure != nil
        }
        if isCancelled { finish() } else { task.resume() }
    }

    /// Lets `run` return.
    private func finish() {
        let completion = state.withLock { state in
            defer { state.completion = nil }
            return state.completion
        }
        completion?.resume()
    }

    /// Ends the request, on the delegate's queue; the first reason counts. What the session still says is ignored.
    private func end(_ task: URLSessionTask, failure: ModelError? = nil, interruption: String? = nil) {
        let isRunning = state.withLock { state in
            guard state.failure == nil, state.interruption == nil, state.completion != nil || !state.isStarted else {
                return false
            }
            state.failure = failure
            state.interruption = interruption
            return state.isStarted
        }
        guard isRunning else { return }
        task.cancel()
        finish()
    }

    private var hasEnded: Bool {
        state.withLock { $0.failure != nil || $0.interruption != nil }
    }
}

extension HTTPTransfer: URLSessionDataDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // A secure source must not send anyone to an insecure one.
        guard request.url?.scheme == "https" || request.url?.scheme == url.scheme else {
            end(
                task, failure: unavailable("redirects to \(request.url?.absoluteString ?? "nowhere"), which is refused")
            )
            return
        }
        if !hasEnded { completionHandler(request) }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard !hasEnded else { return }
        defer { if !hasEnded { completionHandler(.allow) } }
        guard let response = response as? HTTPURLResponse else {
            end(dataTask, failure: unavailable("does not answer as an HTTP server"))
            return
        }
        do throws(ModelError) {
            switch try part.begin(with: response) {
            case .body, .nothingLeft: break
            case .later(let reason): end(dataTask, interruption: reason)
            case .refused(let reason): end(dataTask, failure: unavailable(reason))
            case .otherFile(let reason):
                end(dataTask, failure: ModelError(.checksum, reason, file: url.absoluteString))
            }
        } catch {
            end(dataTask, failure: error)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard !hasEnded else { return }
        do throws(ModelError) {
            guard try part.append(data) else { return }
            state.withLock { $0.received += data.count }
            onBytes(data.count, part.expectedSize)
        } catch {
            end(dataTask, failure: error)
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { state in
            if let error = error as? URLError, state.failure == nil, state.interruption == nil {
                switch error.code {
                case .cannotFindHost, .dnsLookupFailed:
                    state.failure = unavailable("the host \(url.host ?? "") cannot be found")
                case .cannotConnectToHost:
                    state.failure = unavailable("the host \(url.host ?? "") cannot be reached")
                case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
                    .serverCertificateNotYetValid, .serverCertificateHasUnknownRoot:
                    state.failure = unavailable("the host \(url.host ?? "") does not prove who it is")
                case .timedOut:
                    state.interruption = "nothing came for too long"
                default:
                    state.interruption = "the connection ended early"
                }
            } else if error != nil, state.failure == nil, state.interruption == nil {
                state.interruption = "the connection ended early"
            }
        }
        finish()
    }
}
