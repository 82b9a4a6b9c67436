import Foundation
import Jobs
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct JobRouteTests {
    private func numbers(_ answer: ReceivedResponse) throws -> [Int] {
        try #require(try answer.json()["jobs"] as? [[String: Any]]).compactMap { $0["id"] as? Int }
    }

    @Test func listIsPagedAndFiltered() async throws {
        let api = try await ServedAPI()
        for number in 1...5 { try await api.admit(number, dropFolder: number == 2 ? "other" : "inbox") }
        let first = try await api.get("/api/v1/jobs?limit=2")
        #expect(try numbers(first) == [5, 4])
        #expect(try first.json()["next"] as? Int == 4)
        let last = try await api.get("/api/v1/jobs?limit=3&before=4")
        #expect(try numbers(last) == [3, 2, 1])
        #expect(try last.json()["next"] is NSNull)
        #expect(try numbers(try await api.get("/api/v1/jobs?folder=other")) == [2])
        _ = try await api.claim()
        #expect(try numbers(try await api.get("/api/v1/jobs?state=running")) == [1])
        #expect(try numbers(try await api.get("/api/v1/jobs?state=running,queued&limit=500")) == [5, 4, 3, 2, 1])
        #expect(try numbers(try await api.get("/api/v1/jobs?state=done")) == [])
    }

    @Test(arguments: [
        "state=waiting", "state=", "state=queued,", "limit=0", "limit=501", "limit=ten", "limit=1e2", "before=0",
        "before=-1", "before=99999999999999999999", "folder=", "page=2", "limit=1&limit=2", "=", "%ff=1",
        "state=%00", "%", "limit=+5",
    ])
    func wrongQueries(_ query: String) async throws {
        try await ServedAPI().get("/api/v1/jobs?\(query)").expectError(400, "bad_request")
    }

    @Test func oneJob() async throws {
        let api = try await ServedAPI()
        let job = try await api.admit(1, priority: 7)
        let answer = try await api.get("/api/v1/jobs/\(job.id)").json()
        #expect(answer["id"] as? Int == 1)
        #expect(answer["state"] as? String == "queued")
        #expect(answer["folder"] as? String == "inbox")
        #expect(answer["source"] as? String == "/in/1.mp4")
        #expect(answer["priority"] as? Int == 7)
        #expect(answer["options"] as? [String: String] == ["container": "mp4"])
        #expect(answer["frames"] == nil && answer["finished_at"] == nil)
        let created = try #require(answer["created_at"] as? String)
        #expect(created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(created)")
    }

    @Test func aRunningJobHasItsProgress() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        let job = try #require(try await api.claim())
        _ = api.running.begin(job)
        api.running.update(
            job.id,
            JobProgress(
                frames: 50, totalFrames: 200, windows: 3, mediaSeconds: 2, elapsedSeconds: 10, activity: "random order")
        )
        let answer = try await api.get("/api/v1/jobs/1").json()
        #expect(answer["progress"] as? Double == 0.25)
        #expect(answer["frames"] as? Int == 50)
        #expect(answer["total_frames"] as? Int == 200)
        #expect(answer["windows"] as? Int == 3)
        #expect(answer["frames_per_second"] as? Double == 5)
        #expect(answer["remaining_seconds"] as? Double == 30)
        #expect(answer["activity"] as? String == "random order")
    }

    @Test(arguments: ["2", "0", "-1", "x", "99999999999999999999", "1.0", "%31%30", "%F0%9F%8E%AC"])
    func invalidJobNumbers(_ id: String) async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        try await api.get("/api/v1/jobs/\(id)").expectError(404, "not_found")
        for action in ["retry", "cancel"] { try await api.post("/api/v1/jobs/\(id)/\(action)").expectError(404) }
        try await api.post("/api/v1/jobs/\(id)/priority", "{\"priority\":1}").expectError(404)
        for file in ["result", "record"] { try await api.get("/api/v1/jobs/\(id)/\(file)").expectError(404) }
    }

    // MARK: Waiting

    @Test func waitAnswersWhenTheJobIsOver() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        try await api.admit(1)
        try await api.admit(2)
        async let answer = api.get("/api/v1/jobs/1?wait=60")
        #expect(await clock.sleeper() == .seconds(60))
        // Neither a change of another job nor one that does not end this job ends the wait.
        _ = try await api.store { ledger throws(LedgerError) in try ledger.cancel(2) }
        _ = try await api.claim()
        try await api.finish(1)
        #expect(try await answer.json()["state"] as? String == "done")
    }

    @Test func waitAnswersWhenTheTimeIsUp() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        try await api.admit(1)
        async let answer = api.get("/api/v1/jobs/1?wait=7")
        #expect(await clock.sleeper() == .seconds(7))
        clock.advance(by: .seconds(7))
        #expect(try await answer.json()["state"] as? String == "queued")
    }

    @Test func aWaitForAnEndedJobReturnsImmediately() async throws {
        let api = try await ServedAPI(clock: HandClock())
        _ = try await api.doneJob()
        let answer = try await api.get("/api/v1/jobs/1?wait=60").json()
        #expect(answer["state"] as? String == "done")
        #expect(answer["length"] as? Double == 12.5 && answer["seconds"] as? Double == 3.25)
        let found = try #require(answer["answer"] as? [String: Any])
        #expect(found["label"] as? String == "right" && found["class"] as? Int == 1)
        #expect(found["probability"] as? Double == 0.75)
        try await api.get("/api/v1/jobs/9?wait=60").expectError(404)
        for wait in ["61", "-1", "soon", "1.5"] {
            try await api.get("/api/v1/jobs/1?wait=\(wait)").expectError(400, mention: "wait")
        }
    }

    @Test func waitEndsWhenTheDaemonStops() async throws {
        let clock = HandClock()
        let api = try await ServedAPI(clock: clock)
        try await api.admit(1)
        async let answer = api.get("/api/v1/jobs/1?wait=60")
        _ = await clock.sleeper()
        try await api.stop()
        #expect(try await answer.json()["state"] as? String == "queued")
        #expect(throws: LoopbackConnection.Refused.self) { _ = try LoopbackConnection(port: api.port) }
    }

    // MARK: Changing jobs

    @Test func retryQueuesAgain() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        _ = try await api.claim()
        try await api.fail(1)
        let failure = try #require(try await api.get("/api/v1/jobs/1").json()["failure"] as? [String: String])
        #expect(failure == ["code": "damaged", "message": "The file ends at 3 s."])
        #expect(try await api.post("/api/v1/jobs/1/retry").json()["state"] as? String == "queued")
        try await api.post("/api/v1/jobs/1/retry").expectError(409, "conflict", mention: "queued")
    }

    @Test func cancelStopsARunningJob() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        let job = try #require(try await api.claim())
        let stop = api.running.begin(job)
        #expect(try await api.post("/api/v1/jobs/1/cancel").json()["state"] as? String == "cancelled")
        #expect(stop.abort.isCancelled)
        #expect(api.running.reason(1) == .cancelled)
        try await api.post("/api/v1/jobs/1/cancel").expectError(409, "conflict")
        // The job's attempt has not ended.
        try await api.post("/api/v1/jobs/1/retry").expectError(409, "conflict", mention: "end")
        api.running.end(1)
        #expect(try await api.post("/api/v1/jobs/1/retry").status == 200)
    }

    // MARK: Changing many jobs

    @Test func manyAreRetried() async throws {
        let api = try await ServedAPI()
        for number in 1...3 {
            try await api.admit(number, dropFolder: number == 3 ? "other" : "inbox")
            _ = try await api.claim()
            if number < 3 { try await api.fail(Int64(number)) } else { try await api.finish(3) }
        }
        try await api.admit(4)
        #expect(try await api.post("/api/v1/jobs/retry?folder=other").json()["changed"] as? Int == 0)
        #expect(try await api.post("/api/v1/jobs/retry?folder=inbox&name=2.MP4").json()["changed"] as? Int == 1)
        #expect(try await api.post("/api/v1/jobs/retry?state=failed,cancelled").json()["changed"] as? Int == 1)
        #expect(try numbers(try await api.get("/api/v1/jobs?state=queued")) == [4, 2, 1])
    }

    @Test func manyAreCancelledAndRunningOnesStop() async throws {
        let api = try await ServedAPI()
        for number in 1...3 { try await api.admit(number) }
        let job = try #require(try await api.claim())
        let stop = api.running.begin(job)
        #expect(try await api.post("/api/v1/jobs/cancel?folder=inbox").json()["changed"] as? Int == 2)
        #expect(!stop.abort.isCancelled)
        #expect(try await api.post("/api/v1/jobs/cancel?state=running").json()["changed"] as? Int == 1)
        #expect(stop.abort.isCancelled)
        // The job's attempt has not ended.
        #expect(try await api.post("/api/v1/jobs/retry?state=cancelled").json()["changed"] as? Int == 2)
        #expect(try numbers(try await api.get("/api/v1/jobs?state=cancelled")) == [1])
    }

    @Test func manyJobsMustBeSelected() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        for action in ["retry", "cancel"] {
            try await api.post("/api/v1/jobs/\(action)").expectError(400, "bad_request", mention: "folder")
            try await api.post("/api/v1/jobs/\(action)?limit=1").expectError(400, mention: "limit")
            try await api.post("/api/v1/jobs/\(action)?state=done").expectError(422, mention: "queued")
            try await api.get("/api/v1/jobs/\(action)").expectError(405)
        }
        try await api.post("/api/v1/jobs/retry?state=running").expectError(422)
        try await api.post("/api/v1/jobs/cancel?state=queued,failed").expectError(422)
        #expect(try numbers(try await api.get("/api/v1/jobs?state=queued&name=1.mp4")) == [1])
    }

    @Test func priority() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        try await api.admit(2)
        #expect(try await api.post("/api/v1/jobs/2/priority", "{\"priority\": 5}").json()["priority"] as? Int == 5)
        #expect(try await api.claim()?.id == 2)
        try await api.post("/api/v1/jobs/1/priority", "{\"priority\": 1001}").expectError(422, "unprocessable")
    }

    @Test(arguments: [
        "", "{}", "[]", "5", "{\"priority\": \"high\"}", "{\"priority\": 1.5}", "{\"priority\": 1, \"x\": 2}",
        "{\"priority\": 1", "null", "{\"priority\": null}", "\u{0}", "{\"priority\": 1e400}",
    ])
    func bodiesThatAreNoPriority(_ body: String) async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        try await api.post("/api/v1/jobs/1/priority", body).expectError(400, "bad_request", mention: "priority")
    }

    @Test func aBodyThatIsTooLong() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        let long = "{\"priority\": 1" + String(repeating: " ", count: 5000) + "}"
        try await api.post("/api/v1/jobs/1/priority", long).expectError(413, "too_large")
    }
}
