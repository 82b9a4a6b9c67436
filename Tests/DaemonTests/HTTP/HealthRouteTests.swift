import CSQLite
import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct HealthRouteTests {
    @Test func healthAndReadiness() async throws {
        let api = try await ServedAPI()
        let health = try await api.get("/healthz")
        #expect(health.status == 200)
        #expect(try health.json()["status"] as? String == "ok")
        #expect(health.headers["server"] == "saliencyd")
        #expect(health.headers["cache-control"] == "no-store")
        #expect(health.headers["x-content-type-options"] == "nosniff")
        #expect(try await api.get("/readyz").status == 200)
    }

    @Test func notReadyWithoutItsFolder() async throws {
        let api = try await ServedAPI()
        try FileManager.default.removeItem(atPath: api.folder.file("inbox"))
        let answer = try await api.get("/readyz")
        try answer.expectError(503, "not_ready", mention: "inbox")
        let error = try #require(try answer.json()["error"] as? [String: Any])
        #expect((error["reasons"] as? [String])?.count == 1)
        #expect(try await api.get("/healthz").status == 200)
    }

    /// Not even root can write to such a folder.
    @Test(arguments: ["output", "failed", "done"]) func notReadyIfNothingCanBeWritten(_ key: String) async throws {
        let api = try await ServedAPI()
        var dropFolder = try #require(api.registry.all.first)
        #expect(try await api.get("/readyz").status == 200)
        dropFolder.source = .move
        switch key {
        case "output": dropFolder.output = "/sys/kernel/saliencyd"
        case "failed": dropFolder.failed = "/sys/kernel"
        default: dropFolder.done = api.folder.file("none/done")
        }
        api.registry.replace([dropFolder])
        let answer = try await api.get("/readyz")
        try answer.expectError(503, "not_ready", mention: "folder inbox: ")
        let error = try #require(try answer.json()["error"] as? [String: Any])
        #expect((error["reasons"] as? [String])?.count == 1, "\(answer.text)")
        #expect(try await api.get("/healthz").status == 200)
    }

    @Test func aCheckLeavesNoFiles() async throws {
        let api = try await ServedAPI()
        let output = try #require(api.registry.all.first).output
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
        #expect(try await api.get("/readyz").status == 200)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output) == [])
    }

    /// Another process locks the ledger for longer than a write waits.
    @Test func notReadyIfTheLedgerCannotBeWritten() async throws {
        let api = try await ServedAPI()
        var other: OpaquePointer?
        #expect(sqlite3_open(api.folder.file("ledger.sqlite"), &other) == SQLITE_OK)
        defer { sqlite3_close(other) }
        #expect(sqlite3_exec(other, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
        try await api.get("/readyz").expectError(503, "not_ready", mention: "the ledger another process holds it")
        #expect(sqlite3_exec(other, "ROLLBACK", nil, nil, nil) == SQLITE_OK)
        #expect(try await api.get("/readyz").status == 200)
    }

    @Test func metricsAreTextIfCollected() async throws {
        let api = try await ServedAPI(metricsText: { "saliencyd_jobs 3\n" })
        let answer = try await api.get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.text == "saliencyd_jobs 3\n")
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        try await (try await ServedAPI()).get("/metrics").expectError(404, "not_found")
    }

    @Test func modelInUse() async throws {
        let api = try await ServedAPI()
        let models = try #require(try await api.get("/api/v1/models").json()["models"] as? [[String: Any]])
        #expect(models.count == 1)
        #expect(models[0]["name"] as? String == "tiny")
        #expect(models[0]["sha256"] as? String == ServedAPI.modelHash)
        #expect(models[0]["classes"] as? Int == 2)
        #expect(models[0]["labels"] as? [String] == ["left", "right"])
    }

    @Test(arguments: ["/", "", "/api", "/api/v1/jobs/", "/healthz/", "//healthz", "/../etc/passwd", "/api/v2/jobs"])
    func unknownPaths(_ path: String) async throws {
        let answer = try await ServedAPI().get(path.isEmpty ? "/none" : path)
        try answer.expectError(404, "not_found")
    }

    @Test func allowedMethodsAreListed() async throws {
        let api = try await ServedAPI()
        let answer = try await api.request("DELETE", "/api/v1/jobs")
        try answer.expectError(405, "method_not_allowed", mention: "GET, HEAD")
        #expect(answer.headers["allow"] == "GET, HEAD")
        try await api.get("/api/v1/jobs/1/retry").expectError(405)
        try await api.request("PATCH", "/healthz").expectError(405)
    }

    @Test func headHasNoBody() async throws {
        let api = try await ServedAPI()
        let answer = try await api.request("HEAD", "/healthz")
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.headers["content-length"] == "15")
    }

    @Test func unknownParameters() async throws {
        let api = try await ServedAPI()
        for path in ["/healthz", "/readyz", "/api/v1/models", "/api/v1/folders", "/api/v1/openapi.yaml"] {
            try await api.get(path + "?verbose=1").expectError(400, "bad_request", mention: "verbose")
        }
    }
}
