import Foundation
import Jobs
import Testing

@Suite struct ClockTests {
    @Test func aClockSetBackMakesWaitingJobsDue() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .queued, isWaiting: true)
        fixture.clock.advance(by: -3_600)
        #expect(try fixture.ledger.nextRetry() == fixture.clock.now)
        let running = try #require(try fixture.ledger.claim())
        #expect(running.id == job.id)
        // The next wait is measured by the new time.
        _ = try fixture.ledger.fail(job.id, .sample, retryAt: fixture.clock.now + 60)
        #expect(try fixture.ledger.claim() == nil)
        #expect(try fixture.ledger.nextRetry() == fixture.clock.now + 60)
        fixture.clock.advance(by: 60)
        #expect(try fixture.ledger.claim()?.id == job.id)
    }

    @Test func aClockSetBackDuringAWaitAtMostDoublesIt() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .queued, isWaiting: true)
        fixture.clock.advance(by: 50)
        fixture.clock.advance(by: -50)
        #expect(try fixture.ledger.claim() == nil)
        fixture.clock.advance(by: 60)
        #expect(try fixture.ledger.claim()?.id == job.id)
    }

    @Test func aClockSetForwardAndBackLosesNothing() throws {
        let fixture = try LedgerFixture()
        fixture.clock.advance(by: 86_400 * 365)
        let waiting = try fixture.job(in: .queued, isWaiting: true)
        let running = try fixture.job(in: .running)
        fixture.clock.advance(by: -86_400 * 365)
        #expect(try fixture.ledger.claim()?.id == waiting.id)
        let done = try fixture.ledger.finish(running.id, warnings: [])
        #expect(done.finishedAt == fixture.clock.now)
        #expect(try #require(done.startedAt) > fixture.clock.now)
        #expect(try fixture.ledger.jobs().map(\.id) == [running.id, waiting.id])
    }

    @Test(arguments: [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: .infinity)])
    func extremeTimesAreClamped(time: Date) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        let waiting = try fixture.ledger.fail(job.id, .sample, retryAt: time)
        #expect(waiting.retryAt != nil)
        #expect(try (fixture.ledger.claim() == nil) == (time > fixture.clock.now))
    }

    @Test func timesAreWholeMilliseconds() throws {
        let fixture = try LedgerFixture()
        fixture.clock.advance(by: 0.123_456_7)
        #expect(try fixture.admit(0).createdAt == Date(timeIntervalSince1970: 1_800_000_000.123))
    }
}
