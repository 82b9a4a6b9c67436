import Files
import Foundation
import TestSupport
import Testing

@testable import WebClient

/// Requests to servers on this machine: what arrives there, and how failures are reported.
@Suite(.hangLimit) struct WebRequestTests {
    private let server: HTTPServer
    private let folder: TemporaryDirectory

    init() throws {
        server = try HTTPServer()
        folder = try TemporaryDirectory()
    }

    private func request(_ url: String) throws -> WebRequest {
        var request = WebRequest(try #require(URL(string: url)))
        request.proxies = .none
        return request
    }

    /// The status and the body.
    private func answer(_ request: WebRequest) async throws -> (status: Int, body: [UInt8]) {
        try await request.send { ($0.status, try await $0.body(limit: 1 << 20)) }
    }

    private func code(_ request: WebRequest) async throws -> WebError.Code {
        try await #require(throws: WebError.self) { _ = try await answer(request) }.code
    }

    @Test func requestArrivesAsSent() async throws {
        server.serve("/a%20b?c=d", Array("hello".utf8))
        var request = try request(server.url + "/a%20b?c=d#part")
        request.method = "POST"
        request.headers = [("X-One", "1"), ("Host", "other.example")]
        request.body = .bytes(Array("body".utf8))
        let answer = try await answer(request)
        #expect(answer.status == 200 && answer.body == Array("hello".utf8))
        let seen = try #require(server.requests.first)
        #expect(server.requests.count == 1 && seen.method == "POST" && seen.body == Array("body".utf8))
        #expect(seen.headers["x-one"] == "1" && seen.headers["host"] == "other.example")
        #expect(seen.headers["authorization"] == nil)
    }

    @Test func fileIsSentInChunks() async throws {
        let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try ReadableFile(folder.write(bytes, to: "file"))
        server.serve("/up", [], .status(201))
        var request = try request(server.url + "/up")
        request.method = "POST"
        request.body = .file(file)
        #expect(try await answer(request).status == 201)
        #expect(server.requests.first?.headers["content-length"] == "700001")
        #expect(server.requests.first?.body == bytes)
    }

    @Test func credentialsOfTheAddressAreSentAsHeader() async throws {
        let url = "http://user:p%40ss@127.0.0.1:\(server.port)/"
        _ = try await answer(request(url))
        let seen = try #require(server.requests.first?.headers["authorization"])
        #expect(seen == "Basic \(Data("user:p@ss".utf8).base64EncodedString())")
        #expect(try #require(URL(string: url)).withoutCredentials == "http://127.0.0.1:\(server.port)/")
    }

    @Test func authorizationStaysWithItsServer() async throws {
        let other = try HTTPServer()
        server.serve("/", [], .redirect("/here"))
        server.serve("/here", [], .redirect(other.url + "/there"))
        other.serve("/there", [7])
        var request = try request(server.url + "/")
        request.headers = [("Authorization", "Bearer secret"), ("Range", "bytes=0-")]
        request.followsRedirects = true
        #expect(try await answer(request).body == [7])
        #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer secret", "Bearer secret"])
        #expect(other.requests.map { $0.headers["authorization"] } == [nil])
        #expect(other.requests.first?.headers["range"] == "bytes=0-")
    }

    @Test func redirectsAreReturnedUnlessFollowed() async throws {
        server.serve("/", [], .redirect("/here"))
        var request = try request(server.url + "/")
        #expect(try await answer(request).status == 302)
        request.followsRedirects = true
        request.method = "POST"
        #expect(try await answer(request).status == 302)
        #expect(server.requests.count == 2)
    }

    @Test func redirectLoopsAreAnError() async throws {
        server.serve("/", [], .redirect("/"))
        var request = try request(server.url + "/")
        request.followsRedirects = true
        #expect(try await code(request) == .tooManyRedirects)
        #expect(server.requests.count == 21)
    }

    @Test func redirectFromHTTPSToHTTPIsRefused() async throws {
        let certificate = try TestCertificate(folder)
        let front = try TLSFront(to: server.port, certificate)
        server.serve("/", [], .redirect(server.url + "/here"))
        var request = try request("https://127.0.0.1:\(front.port)/")
        request.followsRedirects = true
        request.authorities = certificate.certificate
        #expect(try await code(request) == .insecureRedirect(server.url + "/here"))
        #expect(server.requests.count == 1)
    }

    @Test func trustedServerIsAccepted() async throws {
        let certificate = try TestCertificate(folder)
        let front = try TLSFront(to: server.port, certificate)
        server.serve("/", [1, 2, 3])
        var request = try request("https://127.0.0.1:\(front.port)/")
        request.authorities = certificate.certificate
        #expect(try await answer(request).body == [1, 2, 3])
    }

    /// A certificate authority that the system does not trust, and a certificate for another name.
    @Test func untrustedServerGetsNoRequest() async throws {
        let other = try TestCertificate(folder, "other", names: "DNS:models.example")
        let front = try TLSFront(to: server.port, other)
        for authorities in [nil, other.certificate] {
            var request = try request("https://user:secret@127.0.0.1:\(front.port)/")
            request.authorities = authorities
            #expect(try await code(request) == .untrusted)
        }
        #expect(front.bytesHeard == 0 && server.requests.isEmpty)
    }

    @Test func proxyGetsConnectRequest() async throws {
        server.serve("models.example:443", [], .status(407))
        server.serve("models.example:80", [], .status(403))
        for (url, place) in [("https://models.example/a", "443"), ("http://models.example/a", "80")] {
            var request = try request(url)
            request.proxies = ProxyEnvironment(["all_proxy": "http://user:secret@127.0.0.1:\(server.port)"])
            #expect(try await code(request) == .proxy("127.0.0.1:\(server.port)"))
            let seen = try #require(server.requests.last)
            #expect(seen.method == "CONNECT" && seen.path == "models.example:\(place)")
            #expect(seen.headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ=")
        }
    }

    @Test func silentServerTimesOut() async throws {
        server.serve("/", [], .silence)
        var request = try request(server.url + "/")
        request.idleLimit = 0.2
        #expect(try await code(request) == .timedOut)
    }

    @Test func cancellationEndsRequest() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let server = try StreamServer { connection in
            _ = connection.receive()
            asking.yield()
            connection.hold()
        }
        let request = try request("http://127.0.0.1:\(server.port)/")
        let task = Task { try await answer(request).status }
        for await _ in asked { break }
        task.cancel()
        let error = await #expect(throws: WebError.self) { _ = try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", WebError.Code.invalidAnswer), ("HTTP/1.1 200 OK\r\nContent-Le", .brokenOff),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678", .brokenOff), ("", .brokenOff),
    ]) func invalidResponsesAreRefused(_ text: String, _ expected: WebError.Code) async throws {
        let server = try StreamServer { connection in
            _ = connection.receive()
            connection.send(Array(text.utf8))
        }
        #expect(try await code(request("http://127.0.0.1:\(server.port)/")) == expected)
    }

    @Test func longBodyIsRefused() async throws {
        server.serve("/", [UInt8](repeating: 0, count: 1 << 20 | 1))
        #expect(try await code(request(server.url + "/")) == .tooLong)
    }

    @Test func unknownHostIsNamed() async throws {
        server.close()
        #expect(try await code(request(server.url)) == .unreachable)
        let error = try await #require(throws: WebError.self) {
            _ = try await answer(request("http://models.invalid/"))
        }
        #expect(error.code == .unknownHost && error.host == "models.invalid")
    }
}
