import Foundation
import Jobs
import Testing

@Suite struct AdmissionTests {
    @Test func newJobIsQueuedAsAsked() throws {
        let fixture = try LedgerFixture()
        let request = JobRequest(
            key: JobKey(content: "ab", model: "m", options: #"{"stride":16}"#), bytes: 5, dropFolder: "gate",
            source: "/in/ä \u{1F40E}'.mp4", output: "/out/b.mp4", priority: -3)
        guard case .new(let job) = try fixture.ledger.admit(request) else {
            Issue.record("the first job of an empty ledger is new")
            return
        }
        #expect(job.key == request.key)
        #expect(job.bytes == 5 && job.dropFolder == "gate" && job.priority == -3)
        #expect(job.source == request.source && job.output == request.output)
        #expect(job.state == .queued && job.attempts == 0 && job.progress == 0)
        #expect(job.failure == nil && job.warnings == [])
        #expect(job.createdAt == fixture.clock.now)
        #expect(job.startedAt == nil && job.finishedAt == nil && job.retryAt == nil)
        #expect(try fixture.ledger.job(job.id) == job)
        #expect(try fixture.ledger.job(request.key) == job)
    }

    @Test(arguments: JobState.allCases)
    func sameKeyIsKnownInEveryState(state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        var request = JobRequest.numbered(0, priority: 7)
        request.source = "/in/another-name.mp4"
        #expect(try fixture.ledger.admit(request) == .known(job))
        #expect(try fixture.ledger.job(job.id) == job)
    }

    @Test(arguments: [\JobKey.content, \.model, \.options])
    func aDifferentKeyMakesAnotherJob(part: WritableKeyPath<JobKey, String> & Sendable) throws {
        let fixture = try LedgerFixture()
        let first = try fixture.admit(0)
        var request = JobRequest.numbered(0)
        request.key[keyPath: part] += "x"
        guard case .new(let second) = try fixture.ledger.admit(request) else {
            Issue.record("another key is another job")
            return
        }
        #expect(second.id > first.id)
    }

    @Test(arguments: [JobState.done, .failed, .quarantined, .cancelled])
    func againQueuesEndedJobs(state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        fixture.clock.advance(by: 10)
        let request = JobRequest(
            key: job.key, bytes: job.bytes, dropFolder: "yard", source: "/in/new.mp4", output: "/out/new.mp4",
            priority: 7)
        guard case .again(let renewed) = try fixture.ledger.admit(request, again: true) else {
            Issue.record("what has ended is queued again")
            return
        }
        #expect(renewed.id == job.id && renewed.key == job.key && renewed.createdAt == job.createdAt)
        #expect(renewed.state == .queued && renewed.attempts == 0 && renewed.progress == 0)
        #expect(renewed.source == "/in/new.mp4" && renewed.output == "/out/new.mp4")
        #expect(renewed.dropFolder == "yard" && renewed.priority == 7)
        #expect(renewed.failure == nil && renewed.warnings == [])
        #expect(renewed.startedAt == nil && renewed.finishedAt == nil && renewed.retryAt == nil)
        #expect(try fixture.ledger.claim()?.id == job.id)
    }

    @Test(arguments: [(JobState.queued, false), (.queued, true), (.running, false)])
    func againDoesNotChangeUnfinishedJobs(state: JobState, isWaiting: Bool) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state, isWaiting: isWaiting)
        var request = JobRequest.numbered(0, priority: 7)
        request.source = "/in/new.mp4"
        #expect(try fixture.ledger.admit(request, again: true) == .known(job))
        #expect(try fixture.ledger.job(job.id) == job)
    }

    @Test func aJobFollowsItsSource() throws {
        let fixture = try LedgerFixture()
        let waiting = try fixture.job(in: .queued, isWaiting: true)
        let request = JobRequest(
            key: waiting.key, bytes: waiting.bytes, dropFolder: "yard", source: "/in/new.mp4", output: "/out/new.mp4",
            priority: 7)
        let found = try fixture.ledger.follow(waiting.id, request)
        #expect(found.source == request.source && found.output == request.output)
        #expect(found.dropFolder == "yard" && found.priority == 7)
        #expect(found.state == .queued && found.retryAt == nil && found.attempts == 0)
        #expect(try fixture.ledger.claim()?.id == waiting.id)
    }

    /// Nothing has been written yet, so the output's path can still change.
    @Test func aStartingJobFollowsItsSource() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        let request = JobRequest(
            key: job.key, bytes: job.bytes, dropFolder: "yard", source: "/in/new.mp4", output: "/out/new.mp4",
            priority: 7)
        let found = try fixture.ledger.follow(job.id, request, isBeginning: true)
        #expect(found.state == .running && found.attempts == job.attempts)
        #expect(found.source == request.source && found.output == request.output && found.dropFolder == "yard")
    }

    @Test(arguments: [JobState.running, .done, .failed, .quarantined, .cancelled])
    func onlyTheSourceOfUnqueuedJobsChanges(state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        var request = JobRequest.numbered(0, priority: 9)
        (request.source, request.output) = ("/in/new.mp4", "/out/new.mp4")
        let found = try fixture.ledger.follow(job.id, request)
        #expect(found.source == "/in/new.mp4")
        #expect(found.output == job.output && found.priority == job.priority && found.state == state)
    }
}
