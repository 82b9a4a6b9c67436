import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct AccessTests {
    private static let token = "correct-horse-battery-staple"

    @Test func aTokenIsRequiredExceptForHealth() async throws {
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

    /// With a token, any host name is accepted.
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

    @Test func missingAndRepeatedHosts() async throws {
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
    func invalidTokenFiles(_ text: String, _ mention: String) throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(Array(text.utf8), to: "token")
        let error = try #require(throws: SettingsError.self) { _ = try BearerToken(file: file) }
        #expect(error.description.contains(file) && error.description.contains(mention), "\(error)")
    }

    @Test func missingTokenFile() throws {
        let error = try #require(throws: SettingsError.self) { _ = try BearerToken(file: "/none/token") }
        #expect(error.description.contains("/none/token"))
        #expect(CommandFailure(error)?.status == .configuration)
    }

    /// Browsers also state the initiator of requests without an origin: images, scripts, links.
    @Test(arguments: ["cross-site", "same-site", "Cross-Site", "else", ""]) func pagesOfOtherSites(_ site: String)
        async throws
    {
        let api = try await ServedAPI(cameras: [.sample()])
        for path in ["/api/v1/jobs/1?wait=60", "/cameras/gate/live.mjpeg", "/healthz", "/none"] {
            try await api.get(path, "Sec-Fetch-Site: \(site)").expectError(403, "foreign_origin")
        }
        try await api.request("POST", "/api/v1/jobs/1/retry", headers: ["Sec-Fetch-Site: \(site)"])
            .expectError(403, "foreign_origin")
        let withToken = try await ServedAPI(token: Self.token)
        #expect(try await withToken.get("/healthz", "Sec-Fetch-Site: \(site)").status == 200)
    }

    @Test(arguments: ["same-origin", "none"]) func ownPagesAndTypedAddresses(_ site: String) async throws {
        #expect(try await ServedAPI().get("/api/v1/jobs", "Sec-Fetch-Site: \(site)").status == 200)
    }

    /// No page of another site may embed any response, errors included.
    @Test func everyResponseIsProtectedFromOtherSites() async throws {
        let api = try await ServedAPI()
        _ = try await api.doneJob()
        var answers: [ReceivedResponse] = []
        for path in ["/healthz", "/api/v1/jobs/1/result", "/api/v1/jobs/2", "/none", "/api/v1/jobs?x=1"] {
            answers.append(try await api.get(path))
        }
        answers.append(try await api.get("/api/v1/jobs/1/result", "Range: bytes=99-"))
        answers.append(try await api.get("/healthz", "Sec-Fetch-Site: cross-site"))
        answers.append(try await api.post("/healthz"))
        answers.append(try ReceivedResponse(try await api.exchange(Array("hello\r\n\r\n".utf8))))
        answers.append(try await ServedAPI(token: Self.token).get("/api/v1/jobs"))
        #expect(answers.map(\.status) == [200, 200, 404, 404, 400, 416, 403, 405, 400, 401])
        for answer in answers {
            #expect(answer.headers["cross-origin-resource-policy"] == "same-origin", "\(answer.status)")
            #expect(answer.headers["x-content-type-options"] == "nosniff", "\(answer.status)")
        }
    }
}
