import Concurrency
import Engine
import Files
import FoundationEssentials
import WebClient

/// One HTTP request for a file, whose body is appended to a partial file as it arrives.
///
/// The body is not kept in memory: every chunk is written, on a dedicated thread, before the next is read.
actor HTTPTransfer {
    /// The outcome of a request that did not fail permanently.
    enum Outcome: Sendable, Equatable {
        /// The server sent everything that it announced.
        case complete
        /// The connection ended early or the server asks to wait; another request may continue.
        case interrupted(reason: String)
    }

    private let url: URL
    private let part: PartialDownload
    private let onBytes: @Sendable (_ count: Int, _ expected: Int?) -> Void
    private let executor = ThreadExecutor(name: "download")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The seconds without any byte after which a connection is considered broken.
    static let idleLimit = 60.0

    /// - Parameter onBytes: called for every written chunk, with its length and the file's size if the server states
    ///   it.
    init(
        url: URL, part: PartialDownload, onBytes: @escaping @Sendable (_ count: Int, _ expected: Int?) -> Void
    ) {
        self.url = url
        self.part = part
        self.onBytes = onBytes
    }

    /// - Parameters:
    ///   - proxies: the proxies of the environment; tests replace them.
    ///   - authorities: a PEM file with the authorities that are trusted; nil for the system's.
    /// - Throws: `ModelError` with `unavailable` for errors that another request cannot solve, `cannotWrite`,
    ///   `cancelled`.
    func run(
        idleLimit: Double = HTTPTransfer.idleLimit, proxies: ProxyEnvironment = .process, authorities: String? = nil
    ) async throws -> Outcome {
        var request = WebRequest(url)
        // Ranges of a compressed body are not ranges of the file.
        request.headers = [("Accept-Encoding", "identity"), ("User-Agent", "saliencyd/\(saliencydVersion)")]
        if let resumption = try part.resumption() {
            request.headers.append(("Range", "bytes=\(resumption.offset)-"))
            request.headers.append(("If-Range", resumption.validator))
        }
        request.followsRedirects = true
        request.idleLimit = idleLimit
        request.proxies = proxies
        request.authorities = authorities
        let outcome: Outcome
        do {
            outcome = try await request.send { response in try await receive(response) }
        } catch let error as WebError {
            guard !Task.isCancelled else { throw cancelled }
            outcome = try self.outcome(of: error)
        }
        if Task.isCancelled { throw cancelled }
        return outcome
    }

    private func receive(_ response: WebResponse) async throws -> Outcome {
        switch try part.begin(with: response) {
        case .nothingLeft: return .complete
        case .later(let reason): return .interrupted(reason: reason)
        case .refused(let reason): throw unavailable(reason)
        case .otherFile(let reason): throw ModelError(.checksum, reason, file: url.withoutCredentials)
        case .body: break
        }
        try await response.forEachChunk { bytes in
            try part.append(bytes)
            onBytes(bytes.count, part.expectedSize)
        }
        return .complete
    }

    private var cancelled: ModelError { ModelError(.cancelled, "interrupted", file: url.withoutCredentials) }

    private func unavailable(_ reason: String) -> ModelError {
        ModelError(.unavailable, reason, file: url.withoutCredentials)
    }

    private func outcome(of error: WebError) throws(ModelError) -> Outcome {
        switch error.code {
        case .unknownHost: throw unavailable("the host \(error.host) cannot be found")
        case .unreachable: throw unavailable("the host \(error.host) cannot be reached")
        case .untrusted: throw unavailable("the host \(error.host) does not prove who it is")
        case .invalidAnswer: throw unavailable("does not answer as an HTTP server")
        case .proxy(let place): throw unavailable("the proxy \(place) does not connect to \(error.host)")
        case .insecureRedirect(let target): throw unavailable("redirects to \(target), which is refused")
        case .tooManyRedirects: throw unavailable("redirects again and again")
        case .cancelled: throw cancelled
        case .timedOut: return .interrupted(reason: "nothing came for too long")
        case .brokenOff, .tooLong: return .interrupted(reason: "the connection ended early")
        }
    }
}
