import Foundation
import Testing

@testable import Jobs

@Suite struct PauseTests {
    @Test func pausedJobsDoNotBegin() throws {
        let fixture = try LedgerFixture()
        let gate = try fixture.admit(0, priority: 5, dropFolder: "gate")
        let yard = try fixture.admit(1, dropFolder: "yard")
        let none = try fixture.admit(2)
        #expect(try fixture.ledger.pause(dropFolder: "gate").dropFolders == ["gate": fixture.clock.now])
        #expect(try fixture.ledger.claim()?.id == yard.id)
        #expect(try fixture.ledger.pause().all == fixture.clock.now)
        #expect(try fixture.ledger.claim() == nil)
        // The pause of all jobs ends, and with it the drop folder's.
        #expect(try fixture.ledger.resume().isEmpty)
        #expect(try [fixture.ledger.claim()?.id, fixture.ledger.claim()?.id] == [gate.id, none.id])
        // Running jobs continue.
        _ = try fixture.ledger.pause()
        #expect(try fixture.ledger.finish(gate.id, warnings: []).state == .done)
    }

    @Test func aFolderPauseLastsUntilItIsEnded() throws {
        let fixture = try LedgerFixture()
        let start = fixture.clock.now
        _ = try fixture.ledger.pause(dropFolder: "gate")
        fixture.clock.advance(by: 60)
        // The folder is already paused: the time of the pause does not change.
        #expect(try fixture.ledger.pause(dropFolder: "gate") == JobPauses(dropFolders: ["gate": start]))
        _ = try fixture.ledger.pause()
        #expect(try fixture.ledger.resume(dropFolder: "gate") == JobPauses(all: start + 60))
        #expect(try fixture.ledger.resume(dropFolder: "' OR 1 --") == JobPauses(all: start + 60))
    }

    @Test func pausesSurviveARestart() throws {
        let fixture = try LedgerFixture()
        try fixture.admit(0)
        let pauses = try fixture.ledger.pause()
        let other = try Ledger(path: fixture.directory.file("jobs.sqlite"))
        #expect(try other.pauses() == pauses)
        #expect(try other.claim() == nil)
    }

    /// Otherwise a runner would wake repeatedly for a job that may not start.
    @Test func aPausedJobIsNotDue() throws {
        let fixture = try LedgerFixture()
        let request = try fixture.admit(0, dropFolder: "gate")
        _ = try fixture.ledger.claim()
        _ = try fixture.ledger.fail(request.id, .sample, retryAt: fixture.clock.now + 10)
        _ = try fixture.ledger.pause(dropFolder: "gate")
        #expect(try fixture.ledger.nextRetry() == nil)
        _ = try fixture.ledger.resume(dropFolder: "gate")
        #expect(try fixture.ledger.nextRetry() == fixture.clock.now + 10)
    }

    @Test func pausesAreAnnounced() async throws {
        let fixture = try LedgerFixture()
        var changes = fixture.ledger.changes().makeAsyncIterator()
        _ = try fixture.ledger.pause()
        _ = try fixture.ledger.resume()
        #expect(await changes.next() == Ledger.pausesChanged)
        #expect(await changes.next() == Ledger.pausesChanged)
    }
}
