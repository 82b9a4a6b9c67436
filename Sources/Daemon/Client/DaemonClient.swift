import Files
import Foundation
import FoundationNetworking
import Pipeline

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
        token = line.trimmingCharacters(in: .whitespaces)
    }

    /// The body of the answer to a request without one.
    ///
    /// - Parameter patience: seconds that the daemon may take, longer than it was asked to wait.
    /// - Throws: `CommandFailure` with the daemon's own sentence, or one that says that it is not there.
    func request(
        _ method: String, _ path: String, query: [URLQueryItem] = [], body: Data? = nil, patience: Double = 30
    ) async throws -> Data {
        var request = try urlRequest(method, path, query: query, patience: patience)
        if let body {
            request.httpBody = body
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        return try await answer { try await URLSession.shared.data(for: request) }
    }

    /// The same with a file for its body, which is sent as it is read.
    func upload(
        _ file: String, _ path: String, query: [URLQueryItem] = [], patience: Double
    ) async throws -> Data {
        let request = try urlRequest("POST", path, query: query, patience: patience)
        return try await answer {
            try await URLSession.shared.upload(for: request, fromFile: URL(fileURLWithPath: file))
        }
    }

    private func urlRequest(
        _ method: String, _ path: String, query: [URLQueryItem], patience: Double
    ) throws -> URLRequest {
        var parts = URLComponents(url: base, resolvingAgainstBaseURL: false)
        parts?.percentEncodedPath = path
        if !query.isEmpty { parts?.queryItems = query }
        guard let url = parts?.url else { throw CommandFailure(.usage, "\(base.absoluteString)\(path) is no address") }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: patience)
        request.httpMethod = method
        request.setValue("saliencyd/\(saliencydVersion)", forHTTPHeaderField: "User-Agent")
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return request
    }

    private func answer(_ send: () async throws -> (Data, URLResponse)) async throws -> Data {
        let (data, response): (Data, URLResponse)
        do {
            (data, response) = try await send()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw CommandFailure(
                .unavailable,
                "no daemon answers at \(base.absoluteString); is `saliencyd serve` running, and is this its address?")
        }
        guard let status = (response as? HTTPURLResponse)?.statusCode else {
            throw CommandFailure(.unavailable, "what answers at \(base.absoluteString) does not speak HTTP")
        }
        guard (200..<300).contains(status) else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: data)
            let message =
                refusal?.error.message ?? "the daemon at \(base.absoluteString) answered with status \(status)"
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
