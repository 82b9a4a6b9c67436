import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct PauseRouteTests {
    private func paused(_ answer: ReceivedResponse) throws -> [String?] {
        try #require(try answer.json()["paused"] as? [[String: Any]]).map { $0["folder"] as? String }
    }

    private func held(_ object: [String: Any]) -> [String] {
        (object["held"] as? [[String: String]] ?? []).compactMap { $0["message"] }
    }

    @Test func allAndOneDropFolderArePaused() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        #expect(try paused(try await api.get("/api/v1/jobs/pause")) == [])
        #expect(try paused(try await api.post("/api/v1/jobs/pause?folder=inbox")) == ["inbox"])
        #expect(try await api.claim() == nil)
        #expect(try paused(try await api.post("/api/v1/jobs/pause")) == [nil, "inbox"])
        #expect(try paused(try await api.post("/api/v1/jobs/resume?folder=inbox")) == [nil])
        try await api.post("/api/v1/jobs/resume?folder=inbox").expectError(409, "conflict")
        #expect(try paused(try await api.post("/api/v1/jobs/resume")) == [])
        #expect(try paused(try await api.post("/api/v1/jobs/resume")) == [])
        #expect(try await api.claim()?.id == 1)
        try await api.post("/api/v1/jobs/pause?folder=none").expectError(404, "not_found")
        try await api.post("/api/v1/jobs/pause?state=queued").expectError(400, mention: "state")
    }

    @Test func quietHoursAreASeparateReason() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        api.holds.replace(HoldLimits(quietHours: QuietHours("00:00-24:00")))
        let held = try #require(try await api.get("/api/v1/jobs/1").json()["held"] as? [[String: String]])
        #expect(held.map { $0["reason"] } == ["quiet-hours"])
        #expect(held[0]["message"]?.contains("00:00-24:00") == true)
        #expect(try await api.get("/readyz").status == 200)
    }

    @Test func heldJobsAndFoldersHaveReasons() async throws {
        let api = try await ServedAPI()
        for number in 1...2 { try await api.admit(number, dropFolder: number == 1 ? "inbox" : "other") }
        #expect(try await api.get("/readyz").json()["held"] == nil)
        _ = try await api.post("/api/v1/jobs/pause?folder=inbox")
        let job = held(try await api.get("/api/v1/jobs/1").json())
        #expect(job.count == 1 && job[0].hasPrefix("the drop folder inbox has been paused since 20"), "\(job)")
        #expect(try await api.get("/api/v1/jobs/2").json()["held"] == nil)
        let ready = try await api.get("/readyz")
        #expect(ready.status == 200)
        #expect(try ready.json()["held"] as? [String] == job)
        let dropFolders = try #require(try await api.get("/api/v1/folders").json()["folders"] as? [[String: Any]])
        #expect(held(dropFolders[0]) == job)
        // Readiness reports each of a drop folder's two pauses once.
        _ = try await api.post("/api/v1/jobs/pause")
        #expect((try await api.get("/readyz").json()["held"] as? [String])?.count == 2)
        #expect(held(try await api.get("/api/v1/jobs/2").json()).count == 1)
        // An ended job is not held.
        _ = try await api.post("/api/v1/jobs/1/cancel")
        #expect(try await api.get("/api/v1/jobs/1").json()["held"] == nil)
    }
}
