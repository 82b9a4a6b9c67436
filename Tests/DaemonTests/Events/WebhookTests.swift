import Foundation
import Media
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

@Suite(.hangLimit) struct WebhookTests {
    private let server: HTTPServer
    private let clock = HandClock()

    init() throws {
        server = try HTTPServer()
    }

    private func webhook(_ path: String = "/hook/secret?key=secret") throws -> Webhook<CameraEvent> {
        let text = "http://user:secret@127.0.0.1:\(server.port)\(path)"
        return Webhook<CameraEvent>(try #require(WebhookAddress(text)), clock: clock)
    }

    /// Advances the clock by this time once somebody waits for it.
    private func pass(_ duration: Duration) async {
        while let wait = await clock.sleeper() {
            guard wait == duration else { continue }
            return clock.advance(by: duration)
        }
    }

    @Test func anEventIsPosted() async throws {
        server.serve("/hook/secret?key=secret", [], .status(204))
        try await webhook().deliver(.sample())
        let request = try #require(server.requests.first)
        #expect(server.requests.count == 1)
        #expect(request.method == "POST" && request.body == CameraEvent.sample().json())
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["authorization"] == "Basic dXNlcjpzZWNyZXQ=")
    }

    @Test func transientFailuresAreRetried() async throws {
        server.serve("/hook/secret?key=secret", [], .status(503), .status(429), .status(200))
        let webhook = try webhook()
        let taken = Task { try await webhook.deliver(.sample()) }
        for wait in Webhook<CameraEvent>.waits { await pass(wait) }
        try await taken.value
        #expect(server.requests.count == 3)
    }

    @Test func atMostThreeAttempts() async throws {
        server.serve("/hook/secret?key=secret", [], .status(500))
        let webhook = try webhook()
        let taken = Task { try await webhook.deliver(.sample()) }
        for wait in Webhook<CameraEvent>.waits { await pass(wait) }
        let error = await #expect(throws: WebhookError.self) { try await taken.value }
        #expect(error?.description == "the webhook at http://127.0.0.1:\(server.port) answers 500")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [HTTPServer.Answer.status(404), .redirect("http://127.0.0.1/elsewhere")])
    func permanentFailuresAreNotRetried(answer: HTTPServer.Answer) async throws {
        server.serve("/hook/secret?key=secret", [], answer)
        let webhook = try webhook()
        let error = await #expect(throws: WebhookError.self) { try await webhook.deliver(.sample()) }
        #expect(error?.description.contains("secret") == false)
        #expect(server.requests.count == 1)
    }

    @Test func aMissingResponseTimesOut() async throws {
        server.serve("/hook/secret?key=secret", [], .silence)
        let webhook = try webhook()
        let taken = Task { try await webhook.deliver(.sample()) }
        for wait in [
            .seconds(10), Webhook<CameraEvent>.waits[0], .seconds(10), Webhook<CameraEvent>.waits[1], .seconds(10),
        ] { await pass(wait) }
        let error = await #expect(throws: WebhookError.self) { try await taken.value }
        #expect(error?.description.hasSuffix("does not answer in time") == true)
    }

    private func secure(_ front: TLSFront, _ trust: TLSTrust) throws -> Webhook<CameraEvent> {
        let text = "https://user:secret@127.0.0.1:\(front.port)/hook/secret?key=secret"
        return Webhook<CameraEvent>(try #require(WebhookAddress(text)), trust: trust, clock: clock)
    }

    /// A server that does not authenticate itself receives neither the event nor the password, and there is no further
    /// attempt.
    @Test func anUnauthenticatedServerGetsNothing() async throws {
        let folder = try TemporaryDirectory()
        let certificate = try TestCertificate(folder)
        let other = try TestCertificate(folder, "other", names: "DNS:hooks.example")
        let front = try TLSFront(to: server.port, other)
        let trusts: [(TLSTrust, String)] = [
            (.verified(authorities: nil), "no authority that is trusted here"),
            (.verified(authorities: other.certificate), "another name"),
            (try #require(TLSTrust.fingerprint(text: certificate.fingerprint)), other.fingerprint),
        ]
        for (trust, words) in trusts {
            let webhook = try secure(front, trust)
            let error = try await #require(throws: WebhookError.self) { try await webhook.deliver(.sample()) }
            #expect(error.description.hasPrefix("the webhook at https://127.0.0.1:\(front.port) its certificate"))
            #expect(error.description.contains(words) && !error.description.contains("secret"), "\(error)")
        }
        #expect(front.bytesHeard == 0 && server.requests.isEmpty)
    }

    @Test func anAuthenticatedServerGetsTheEvent() async throws {
        let folder = try TemporaryDirectory()
        let own = try TestCertificate(folder)
        let front = try TLSFront(to: server.port, own)
        server.serve("/hook/secret?key=secret", [], .status(204))
        let fingerprint = try #require(TLSTrust.fingerprint(text: own.fingerprint))
        for trust: TLSTrust in [.verified(authorities: own.certificate), fingerprint, .any] {
            try await secure(front, trust).deliver(.sample())
        }
        #expect(server.requests.count == 3)
        let request = try #require(server.requests.last)
        #expect(request.body == CameraEvent.sample().json())
        #expect(request.headers["host"] == "127.0.0.1:\(front.port)")
        #expect(request.headers["authorization"] == "Basic dXNlcjpzZWNyZXQ=")
    }

    @Test func nobodyThere() async throws {
        server.close()
        let webhook = try webhook()
        let taken = Task { try await webhook.deliver(.sample()) }
        for wait in Webhook<CameraEvent>.waits { await pass(wait) }
        let error = await #expect(throws: WebhookError.self) { try await taken.value }
        #expect(error?.description.contains("127.0.0.1") == true && error?.description.contains("secret") == false)
    }

    @Test(arguments: ["", "ftp://host/", "host", "http://", "/path", "http:///x"]) func invalidAddresses(text: String) {
        #expect(WebhookAddress(text) == nil)
    }

    @Test func secretsAreNotShown() throws {
        let address = try #require(WebhookAddress("https://user:secret@hooks.example:8443/secret?key=secret#secret"))
        for text in ["\(address)", String(reflecting: address), "\(Mirror(reflecting: address).children.map(\.value))"]
        {
            #expect(!text.contains("secret") && text.contains("https://hooks.example:8443"))
        }
    }
}
