import Foundation
import TestSupport
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(2))) struct AccessTests {
    private static let token = "correct-horse-battery-staple"

    @Test func tokenIsRequiredBesideHealth() async throws {
        let api = try await ServedAPI(token: Self.token + "\nsecond line\n")
        #expect(try await api.get("/healthz").status == 200)
        let missing = try await api.get("/api/v1/jobs")
        try missing.expectError(401, "unauthorized", mention: "Bearer")
        #expect(missing.headers["www-authenticate"] == "Bearer")
        try await api.get("/readyz").expectError(401)
        try await api.get("/no/such/path").expectError(401)
        #expect(try await api.get("/api/v1/jobs", "Authorization: Bearer \(Self.token)").status == 200)
        #expect(try await api.get("/api/v1/jobs", "authorization: bearer \(Self.token)").status == 200)
    }

    @Test(arguments: [
        "Bearer wrong-horse-battery-staple", "Bearer correct-horse-battery-stapl", "Bearer ", "Bearer",
        "Basic correct-horse-battery-staple", "correct-horse-battery-staple", "Bearer correct-horse-battery-staple2",
        "Bearer second line",
    ])
    func wrongTokens(_ header: String) async throws {
        let api = try await ServedAPI(token: Self.token + "\nsecond line\n")
        try await api.get("/api/v1/jobs", "Authorization: \(header)").expectError(401, "unauthorized")
    }

    /// With a token, a name in front of the daemon is the user's own business.
    @Test func anyHostWithAToken() async throws {
        let api = try await ServedAPI(token: Self.token)
        let answer = try await api.request(
            "GET", "/api/v1/jobs", headers: ["Authorization: Bearer \(Self.token)"], host: "video.example.org")
        #expect(answer.status == 200)
    }

    @Test(arguments: ["localhost", "LOCALHOST:8787", "127.0.0.1", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:8787"])
    func loopbackHosts(_ host: String) async throws {
        #expect(try await ServedAPI().request("GET", "/healthz", host: host).status == 200)
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.2", "[::2]", "[::1", "::1",
        "localhost:x", "localhost:80:80", "[::1]x", "0.0.0.0", "",
    ])
    func foreignHosts(_ host: String) async throws {
        try await ServedAPI().request("GET", "/healthz", host: host).expectError(403, "foreign_host")
    }

    @Test func hostMissingOrTwice() async throws {
        let api = try await ServedAPI()
        try await api.request("GET", "/healthz", host: nil).expectError(403, "foreign_host")
        try await api.get("/healthz", "Host: evil.example").expectError(403, "foreign_host")
    }

    @Test func originsOfOtherSites() async throws {
        let api = try await ServedAPI()
        for origin in ["http://evil.example", "null", "http://localhost:3000", "file://"] {
            try await api.get("/api/v1/jobs", "Origin: \(origin)").expectError(403, "foreign_origin")
        }
        #expect(try await api.get("/api/v1/jobs", "Origin: http://localhost").status == 200)
    }

    @Test(arguments: [
        ("", "16"), ("short\n", "16"), (String(repeating: "a", count: 513), "512"), ("has a space in it", "visible"),
    ])
    func tokenFilesThatAreNone(_ text: String, _ mention: String) throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(Array(text.utf8), to: "token")
        let error = try #require(throws: SettingsError.self) { _ = try BearerToken(file: file) }
        #expect(error.description.contains(file) && error.description.contains(mention), "\(error)")
    }

    @Test func tokenFileThatIsNotThere() throws {
        let error = try #require(throws: SettingsError.self) { _ = try BearerToken(file: "/none/token") }
        #expect(error.description.contains("/none/token"))
        #expect(CommandFailure(error)?.status == .configuration)
    }

    @Test func tooManyRequestsAtOnce() async throws {
        let clock = HandClock()
        var limits = HTTPLimits()
        limits.requests = 1
        let api = try await ServedAPI(limits: limits, clock: clock)
        let job = try await api.admit(1)
        async let waiting = api.get("/api/v1/jobs/\(job.id)?wait=60")
        _ = await clock.sleeper()
        let refused = try await api.get("/api/v1/jobs")
        try refused.expectError(503, "unavailable")
        #expect(refused.headers["retry-after"] == "5")
        #expect(try await api.get("/healthz").status == 200)
        clock.advance(by: .seconds(60))
        #expect(try await waiting.status == 200)
        #expect(try await api.get("/api/v1/jobs").status == 200)
    }
}
