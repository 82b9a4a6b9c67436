import AsyncHTTPClient
import Files
import FoundationEssentials
import NIOCore
import NIOSSL

/// One HTTP request on its own connection, which is closed afterwards.
package struct WebRequest: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Sent as it is read.
        case file(ReadableFile)
    }

    /// A user and password in the URL are sent as the header `Authorization`, to this server only.
    package var url: URL
    package var method = "GET"
    package var headers: [(name: String, value: String)] = []
    package var body: Body?
    /// Whether redirects of a GET are followed, from `https` only to `https`. Other redirects are returned as
    /// responses.
    package var followsRedirects = false
    /// The request fails after this many seconds without any byte, also while connecting.
    package var idleLimit = 60.0
    package var proxies = ProxyEnvironment.process
    /// A PEM file with the authorities that are trusted; nil for the system's.
    package var authorities: String?

    /// The limit of common browsers.
    private static let maximumRedirects = 20

    package init(_ url: URL) {
        self.url = url
    }

    /// Sends the request and passes the response to `use`; its body can be read until `use` returns.
    ///
    /// - Throws: `WebError`, and what `use` throws. Cancelling the task ends the request at once.
    package func send<Result>(
        isolation: isolated (any Actor)? = #isolation, _ use: (WebResponse) async throws -> Result
    ) async throws -> Result {
        var request = self
        for _ in 0...Self.maximumRedirects {
            var next: URL?
            let result = try await request.sendOnce { response -> Result? in
                next = followsRedirects && method == "GET" ? response.redirect(from: request.url) : nil
                return next == nil ? try await use(response) : nil
            }
            if let result { return result }
            guard let next else { break }
            guard ["https", url.scheme?.lowercased()].contains(next.scheme?.lowercased()) else {
                throw WebError(.insecureRedirect(next.absoluteString), host: url.host ?? "")
            }
            if next.origin != request.url.origin { request.headers.removeAll { $0.name == "Authorization" } }
            request.url = next
        }
        throw WebError(.tooManyRedirects, host: url.host ?? "")
    }

    private func sendOnce<Result>(
        isolation: isolated (any Actor)? = #isolation, _ use: (WebResponse) async throws -> Result
    ) async throws -> Result {
        let proxy = try proxies.proxy(for: url)
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration(proxy)) { client in
                // Only `idleLimit` limits the time: a large file may take hours.
                let response = try await client.execute(message(), deadline: .distantFuture)
                return try await use(WebResponse(response))
            }
        } catch {
            throw WebError(error, host: url.host ?? "", proxy: proxy.map { "\($0.host):\($0.port)" }) ?? error
        }
    }

    private func configuration(_ proxy: HTTPClient.Configuration.Proxy?) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        let limit = TimeAmount.milliseconds(Int64(idleLimit * 1000))
        configuration.timeout = .init(connect: limit, read: limit, write: limit)
        // Callers decide whether and when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.proxy = proxy
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authorities)
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    private func message() -> HTTPClientRequest {
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = .init(rawValue: method)
        for (name, value) in headers { message.headers.add(name: name, value: value) }
        if let user = url.user(percentEncoded: false), !message.headers.contains(name: "Authorization") {
            message.setBasicAuth(username: user, password: url.password(percentEncoded: false) ?? "")
        }
        switch body {
        case nil: break
        case .bytes(let bytes): message.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let file): message.body = .stream(FileBody(file: file), length: .known(Int64(file.size)))
        }
        return message
    }
}

extension URL {
    /// The URL without user and password, for messages.
    package var withoutCredentials: String {
        guard user != nil || password != nil, var parts = URLComponents(url: self, resolvingAgainstBaseURL: true) else {
            return absoluteString
        }
        (parts.user, parts.password) = (nil, nil)
        return parts.string ?? ""
    }

    /// The origin; a redirect to another origin does not get the header `Authorization`.
    fileprivate var origin: [String] {
        [scheme?.lowercased() ?? "", host?.lowercased() ?? "", port.map(String.init) ?? ""]
    }
}

/// A file's bytes in chunks, up to the size that it had when it was opened. Reading blocks a thread.
private struct FileBody: AsyncSequence, Sendable {
    let file: ReadableFile

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: ReadableFile
        var offset = 0

        /// The size of a chunk in bytes.
        private static let chunkSize = 256 << 10

        init(file: ReadableFile) {
            self.file = file
        }

        mutating func next() async throws -> ByteBuffer? {
            let count = Swift.min(Self.chunkSize, file.size - offset)
            guard count > 0 else { return nil }
            defer { offset += count }
            return ByteBuffer(bytes: try file.bytes(at: offset, count: count))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }
}
