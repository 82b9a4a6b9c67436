import Files
import FoundationEssentials
import Pipeline
import WebClient

/// Talks to a running daemon.
struct DaemonClient: Sendable {
    private let base: URL
    private let token: String?

    /// Bytes of a token file that are read.
    private static let largestToken = 4096

    /// - Throws: `FileError` for a token file that cannot be read.
    init(base: URL, tokenFile: String?) throws(FileError) {
        self.base = base
        guard let tokenFile else {
            token = nil
            return
        }
        let bytes = try ReadableFile(tokenFile).contents(limit: Self.largestToken)
        let line = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }
        token = line.trimmed()
    }

    /// The body of the daemon's answer.
    ///
    /// - Parameter timeout: seconds that the daemon may take, longer than it was asked to wait.
    /// - Throws: `CommandFailure` with the daemon's own sentence, or one that says that it is not there.
    func request(
        _ method: String, _ path: String, query: [URLQueryItem] = [], body: Data? = nil, timeout: Double = 30
    ) async throws -> Data {
        var request = try webRequest(method, path, query: query, timeout: timeout)
        if let body {
            request.body = .bytes(Array(body))
            request.headers.append(("Content-Type", "application/json"))
        }
        return try await answer(to: request)
    }

    /// The same with a file for its body, which is sent as it is read.
    func upload(
        _ file: String, _ path: String, query: [URLQueryItem] = [], timeout: Double
    ) async throws -> Data {
        var request = try webRequest("POST", path, query: query, timeout: timeout)
        request.body = .file(try ReadableFile(file))
        return try await answer(to: request)
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

    /// Bytes of an answer that are read: many times the longest list.
    private static let largestAnswer = 64 << 20

    private var place: String { base.withoutCredentials }

    private func answer(to request: WebRequest) async throws -> Data {
        let (status, data): (Int, Data)
        do {
            (status, data) = try await request.send { response in
                (response.status, Data(try await response.body(limit: Self.largestAnswer)))
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
            let refusal = try? JSONDecoder().decode(Refusal.self, from: data)
            let message = refusal?.error.message ?? "the daemon at \(place) answered with status \(status)"
            throw CommandFailure(status >= 500 ? .unavailable : .usage, message)
        }
        return data
    }

    private struct Refusal: Decodable {
        struct Content: Decodable {
            var message: String
        }

        var error: Content
    }
}
