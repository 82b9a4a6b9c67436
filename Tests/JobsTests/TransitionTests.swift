import Foundation
import Jobs
import Testing

@Suite struct TransitionTests {
    /// A call that changes a job's state, the states in which it is allowed, and the resulting state.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let origins: Set<JobState>
        let target: JobState
        let apply: @Sendable (Ledger, Job.ID) throws -> Job
    }

    static let changes = [
        Change(testDescription: "finish", origins: [.running], target: .done) {
            try $0.finish($1, warnings: [])
        },
        Change(testDescription: "fail", origins: [.running], target: .failed) {
            try $0.fail($1, .sample, retryAt: nil)
        },
        Change(testDescription: "fail and try again", origins: [.running], target: .queued) {
            try $0.fail($1, .sample, retryAt: Date())
        },
        Change(testDescription: "crash", origins: [.running], target: .queued) {
            try $0.crash($1, .sample, maximumCrashes: 10)
        },
        Change(testDescription: "crash once too often", origins: [.running], target: .quarantined) {
            try $0.crash($1, .sample, maximumCrashes: 1)
        },
        Change(testDescription: "release", origins: [.running], target: .queued) { try $0.release($1) },
        Change(testDescription: "retry", origins: [.failed, .quarantined, .cancelled], target: .queued) {
            try $0.retry($1)
        },
        Change(testDescription: "cancel", origins: [.queued, .running], target: .cancelled) { try $0.cancel($1) },
    ]

    @Test(arguments: changes, JobState.allCases)
    func onlyAllowedTransitionsAreMade(change: Change, state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        if change.origins.contains(state) {
            let changed = try change.apply(fixture.ledger, job.id)
            #expect(changed.state == change.target)
            #expect(try fixture.ledger.job(job.id) == changed)
        } else {
            let error = ledgerError { _ = try change.apply(fixture.ledger, job.id) }
            #expect(error?.code == .wrongState)
            #expect(error?.description.contains("job \(job.id) is \(state.rawValue)") == true)
            #expect(error?.description.contains(change.target.rawValue) == true)
            #expect(try fixture.ledger.job(job.id) == job)
        }
    }

    @Test(arguments: changes)
    func aMissingJobIsNamed(change: Change) throws {
        let fixture = try LedgerFixture()
        try fixture.admit(0)
        let error = ledgerError { _ = try change.apply(fixture.ledger, 99) }
        #expect(error?.code == .notFound)
        #expect(error?.description.hasSuffix("there is no job 99") == true)
    }

    @Test(arguments: JobState.allCases)
    func onlyRunningJobsAdvance(state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        let error = ledgerError { try fixture.ledger.advance(job.id, to: 0.5) }
        #expect(error?.code == (state == .running ? nil : .wrongState))
        #expect(try fixture.ledger.job(job.id)?.progress == (state == .running ? 0.5 : job.progress))
        #expect(ledgerError { try fixture.ledger.advance(99, to: 0.5) }?.code == .notFound)
    }

    @Test(arguments: [
        (0.25, 0.25), (-1, 0), (2, 1), (.infinity, 1), (-.infinity, 0), (.nan, 0), (0, 0), (1, 1),
    ])
    func progressStaysWithinItsLimits(progress: Double, expected: Double) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        try fixture.ledger.advance(job.id, to: progress)
        #expect(try fixture.ledger.job(job.id)?.progress == expected)
    }

    @Test func claimBeginsAnAttempt() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .queued, isWaiting: true)
        fixture.clock.advance(by: 60)
        let running = try #require(try fixture.ledger.claim())
        #expect(running.id == job.id && running.state == .running && running.attempts == 2)
        #expect(running.startedAt == fixture.clock.now && running.progress == 0 && running.retryAt == nil)
        #expect(running.failure == .sample)
    }

    @Test func aFinishedJobHasItsEndAndResult() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        let warnings = (0..<200).map { "\($0)" + String(repeating: "é", count: 5_000) }
        fixture.clock.advance(by: 5)
        let done = try fixture.ledger.finish(job.id, warnings: warnings)
        #expect(done.progress == 1 && done.failure == nil && done.attempts == 1)
        #expect(done.startedAt == job.startedAt && done.finishedAt == fixture.clock.now)
        #expect(done.warnings == warnings.prefix(100).map { String($0.prefix(4_000)) })
    }

    @Test func aFailedJobHasItsEndAndReason() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        try fixture.ledger.advance(job.id, to: 0.5)
        let long = JobFailure(code: "c", message: String(repeating: "x", count: 9_000))
        let failed = try fixture.ledger.fail(job.id, long, retryAt: nil)
        #expect(failed.failure == JobFailure(code: "c", message: String(long.message.prefix(4_000))))
        #expect(failed.finishedAt == fixture.clock.now && failed.progress == 0.5 && failed.retryAt == nil)
    }

    @Test func releasedAttemptDoesNotCount() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        try fixture.ledger.advance(job.id, to: 0.5)
        let released = try fixture.ledger.release(job.id)
        #expect(released.attempts == 0 && released.progress == 0 && released.startedAt == nil)
        #expect(try fixture.ledger.claim()?.attempts == 1)
    }

    @Test func crashesCountUntilAPersonRetriesTheJob() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        let suspect = try fixture.ledger.crash(job.id, .sample, maximumCrashes: 3)
        #expect(suspect.state == .queued && suspect.crashes == 1 && suspect.isSuspect && suspect.failure == .sample)
        #expect(suspect.retryAt == fixture.clock.now && suspect.progress == 0)
        // Neither another failure nor a stopped daemon shows that the job is harmless.
        #expect(try fixture.ledger.claim()?.crashes == 1)
        #expect(try fixture.ledger.fail(job.id, .sample, retryAt: fixture.clock.now).crashes == 1)
        #expect(try fixture.ledger.claim()?.id == job.id)
        #expect(try fixture.ledger.release(job.id).crashes == 1)
        for crashes in 2...3 {
            #expect(try fixture.ledger.claim()?.id == job.id)
            #expect(try fixture.ledger.crash(job.id, .sample, maximumCrashes: 3).crashes == crashes)
        }
        let quarantined = try #require(try fixture.ledger.job(job.id))
        #expect(quarantined.state == .quarantined && quarantined.finishedAt == fixture.clock.now)
        #expect(try fixture.ledger.retry(job.id).crashes == 0)
    }

    @Test func retryEndsAWait() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .queued, isWaiting: true)
        #expect(try fixture.ledger.claim() == nil)
        let retried = try fixture.ledger.retry(job.id)
        #expect(retried.attempts == 0 && retried.retryAt == nil && retried.failure == nil)
        #expect(try fixture.ledger.claim()?.id == job.id)
    }

    @Test func cancelledJobDoesNotWait() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .queued, isWaiting: true)
        let cancelled = try fixture.ledger.cancel(job.id)
        #expect(cancelled.retryAt == nil && cancelled.finishedAt == fixture.clock.now)
        #expect(try fixture.ledger.nextRetry() == nil)
    }

    @Test(arguments: JobState.allCases)
    func priorityAndPathsChangeInEveryState(state: JobState) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: state)
        #expect(try fixture.ledger.prioritise(job.id, .min).priority == .min)
        let moved = try fixture.ledger.relocate(job.id, source: "/quarantine/0.mp4")
        #expect(moved.source == "/quarantine/0.mp4" && moved.state == state)
        #expect(ledgerError { _ = try fixture.ledger.prioritise(99, 1) }?.code == .notFound)
        #expect(ledgerError { _ = try fixture.ledger.relocate(99, source: "") }?.code == .notFound)
    }
}
