import Files
import FoundationEssentials
import Pipeline
import WebClient

/// Sends requests to a running daemon.
struct DaemonClient: Sendable {
    private let base: URL
    private let token: String?

    /// The maximum size of a token file in bytes.
    private static let maximumTokenSize = 4096

    /// - Throws: `FileError` for a token file that cannot be read.
    init(base: URL, tokenFile: String?) throws(FileError) {
        self.base = base
        guard let tokenFile else {
            token = nil
            return
        }
        let bytes = try ReadableFile(tokenFile).contents(limit: Self.maximumTokenSize)
        let line = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }
        token = line.trimmed()
    }

    /// Sends a request and returns the body of the response.
    ///
    /// - Parameter timeout: time limit in seconds; must be longer than the `wait` in the request.
    /// - Throws: `CommandFailure` with the daemon's error message, or with one that the daemon is not available.
    func request(
        _ method: String, _ path: String, query: [URLQueryItem] = [], body: Data? = nil, timeout: Double = 30
    ) async throws -> Data {
        var request = try webRequest(method, path, query: query, timeout: timeout)
        if let body {
            request.body = .bytes(Array(body))
            request.headers.append(("Content-Type", "application/json"))
        }
        return try await response(to: request)
    }

    /// Sends a request whose body is a file, which is streamed.
    func upload(
        _ file: String, _ path: String, query: [URLQueryItem] = [], timeout: Double
    ) async throws -> Data {
        var request = try webRequest("POST", path, query: query, timeout: timeout)
        request.body = .file(try ReadableFile(file))
        return try await response(to: request)
    }

    private func webRequest(
        _ method: String, _ path: String, query: [URLQueryItem], timeout: Double
    ) throws -> WebRequest {
        var parts = URLComponents(url: base, resolvingAgainstBaseURL: false)
        parts?.percentEncodedPath = path
        if !query.isEmpty { parts?.queryItems = query }
        guard let url = parts?.url else { throw CommandFailure(.usage, "\(place)\(path) is not an address") }
        var request = WebRequest(url)
        request.method = method
        request.idleLimit = timeout
        request.followsRedirects = true
        request.headers = [("User-Agent", "saliencyd/\(saliencydVersion)")]
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        return request
    }

    /// The maximum size of a response in bytes: many times the longest list.
    private static let maximumResponseSize = 64 << 20

    private var place: String { base.withoutCredentials }

    private func response(to request: WebRequest) async throws -> Data {
        let (status, data): (Int, Data)
        do {
            (status, data) = try await request.send { response in
                (response.status, Data(try await response.body(limit: Self.maximumResponseSize)))
            }
        } catch let error as WebError {
            switch error.code {
            case .cancelled: throw CancellationError()
            case .invalidAnswer: throw CommandFailure(.unavailable, "the server at \(place) does not speak HTTP")
            default:
                throw CommandFailure(
                    .unavailable,
                    "no daemon answers at \(place); is `saliencyd serve` running, and is this its address?")
            }
        }
        guard (200..<300).contains(status) else {
            let failure = try? JSONDecoder().decode(ErrorBody.self, from: data)
            let message = failure?.error.message ?? "the daemon at \(place) answered with status \(status)"
            throw CommandFailure(status >= 500 ? .unavailable : .usage, message)
        }
        return data
    }

    private struct ErrorBody: Decodable {
        struct Content: Decodable {
            var message: String
        }

        var error: Content
    }
}
