import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// Tokens with names and roles.
@Suite(.hangLimit) struct TokenTests {
    private static let all = "correct-horse-battery-staple"
    private static let phone = "Authorization: Bearer \(ServedAPI.phoneToken)"

    private static let requests: [(role: TokenRole, method: String, path: String, body: String?)] = [
        (.read, "GET", "/api/v1/jobs", nil), (.read, "GET", "/readyz", nil),
        (.read, "GET", "/api/v1/jobs/1/result", nil),
        (.read, "GET", "/cameras/gate/snapshot.jpg", nil),
        (.upload, "POST", "/api/v1/folders/inbox/files/a.mp4", "video"),
        (.control, "POST", "/api/v1/jobs/1/retry", nil), (.control, "POST", "/api/v1/jobs/1/cancel", nil),
        (.control, "POST", "/api/v1/jobs/1/priority", "{\"priority\": 1}"),
    ]

    @Test(arguments: TokenRole.allCases) func aRoleAllowsOnlyItsRequests(_ role: TokenRole) async throws {
        let api = try await ServedAPI(
            token: Self.all, cameras: [.sample { $0.isConnected = false }], roles: [role])
        _ = try await api.doneJob()
        for (needed, method, path, body) in Self.requests {
            let answer = try await api.request(
                method, path, headers: [Self.phone], body: body.map { Array($0.utf8) })
            if needed == role {
                #expect(answer.status != 403 && answer.status != 401, "\(path)")
            } else {
                try answer.expectError(
                    403, "role", mention: "phone is not for this; that takes the role \(needed.rawValue)")
            }
        }
        // The default token allows everything.
        #expect(try await api.get("/api/v1/jobs", "Authorization: Bearer \(Self.all)").status == 200)
        let cancelled = try await api.request(
            "POST", "/api/v1/jobs/1/retry", headers: ["Authorization: Bearer \(Self.all)"])
        try cancelled.expectError(409)
    }

    /// No route that changes something allows the role `read`.
    @Test func changesNeedMoreThanTheReadRole() async throws {
        let api = try await ServedAPI(metricsText: { "" })
        for route in api.service.routes {
            #expect((route.role == .read) == route.isReading, "\(route.path)")
        }
    }

    @Test func changesAreLoggedWithTheirAuthor() async throws {
        let log = CollectedLog()
        let api = try await ServedAPI(roles: [.control], log: log)
        try await api.admit(1)
        _ = try await api.request(
            "POST", "/api/v1/jobs/1/priority", headers: [Self.phone], body: Array("{\"priority\": 5}".utf8))
        _ = try await api.request("POST", "/api/v1/folders/inbox/files/a.mp4", headers: [Self.phone], body: [1])
        _ = try await api.get("/api/v1/jobs", Self.phone)
        _ = try await api.post("/api/v1/jobs/1/cancel")
        let entries = log.entries.filter { $0.line.contains("over HTTP") && !$0.line.contains("answering") }
        #expect(
            entries.map(\.line) == [
                "notice: changed over HTTP", "notice: change over HTTP refused", "notice: change over HTTP refused",
            ])
        #expect(
            entries.first?.metadata == [
                "request": "POST /api/v1/jobs/1/priority", "status": "200", "by": "token phone", "from": "127.0.0.1",
                "priority": "5",
            ])
        #expect(entries.last?.metadata["status"] == "401" && entries.last?.metadata["by"] == "unknown")
        #expect(!log.entries.contains { "\($0)".contains(ServedAPI.phoneToken) })
    }

    // MARK: Reloading

    private func settings(_ folder: TemporaryDirectory, address: String = "127.0.0.1", _ names: String...)
        -> HTTPSettings
    {
        HTTPSettings(
            isEnabled: true, address: address, port: 0,
            tokens: names.map {
                TokenSettings(name: $0, key: "http.tokens.\($0).file", file: folder.file($0), roles: [.read])
            }, largestUpload: 1)
    }

    @Test func reloadedTokensApplyImmediately() async throws {
        let api = try await ServedAPI(roles: [.read])
        try api.folder.write(Array("another-word-for-the-phone".utf8), to: "phone")
        #expect(try await api.get("/api/v1/jobs", Self.phone).status == 200)
        api.service.tokens.replace(try api.service.tokens.read(settings(api.folder, "phone")))
        try await api.get("/api/v1/jobs", Self.phone).expectError(401)
        #expect(try await api.get("/api/v1/jobs", "Authorization: Bearer another-word-for-the-phone").status == 200)
    }

    /// A server that other machines can reach always keeps a token.
    @Test func theLastTokenIsKeptWhereOneIsRequired() throws {
        let folder = try TemporaryDirectory()
        try folder.write(Array(Self.all.utf8), to: "a")
        let reachable = try TokenRegistry(settings(folder, address: "0.0.0.0", "a"))
        let error = #expect(throws: SettingsError.self) { try reachable.read(settings(folder)) }
        #expect(error?.reason.contains("restarted") == true)
        #expect(try TokenRegistry(settings(folder, "a")).read(settings(folder)).isEmpty)
    }

    @Test func aTokenHasOnlyOneName() throws {
        let folder = try TemporaryDirectory()
        for name in ["a", "b"] { try folder.write(Array(Self.all.utf8), to: name) }
        let error = #expect(throws: SettingsError.self) { try TokenRegistry(settings(folder, "a", "b")) }
        #expect(error?.key == "http.tokens.b.file" && error?.reason.contains("of a") == true)
    }
}
