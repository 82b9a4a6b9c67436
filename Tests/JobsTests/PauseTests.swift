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
        // The pause of all ends, and with it that of the drop folder.
        #expect(try fixture.ledger.resume().isEmpty)
        #expect(try [fixture.ledger.claim()?.id, fixture.ledger.claim()?.id] == [gate.id, none.id])
        // What runs goes on.
        _ = try fixture.ledger.pause()
        #expect(try fixture.ledger.finish(gate.id, warnings: []).state == .done)
    }

    @Test func aDropFolderThatIsPausedByItselfStaysSoUntilItsOwnEnd() throws {
        let fixture = try LedgerFixture()
        let start = fixture.clock.now
        _ = try fixture.ledger.pause(dropFolder: "gate")
        fixture.clock.advance(by: 60)
        // Paused already: since when stays as it is.
        #expect(try fixture.ledger.pause(dropFolder: "gate") == JobPauses(dropFolders: ["gate": start]))
        _ = try fixture.ledger.pause()
        #expect(try fixture.ledger.resume(dropFolder: "gate") == JobPauses(all: start + 60))
        #expect(try fixture.ledger.resume(dropFolder: "' OR 1 --") == JobPauses(all: start + 60))
    }

    @Test func pausesLastOverARestart() throws {
        let fixture = try LedgerFixture()
        try fixture.admit(0)
        let pauses = try fixture.ledger.pause()
        let other = try Ledger(path: fixture.directory.file("jobs.sqlite"))
        #expect(try other.pauses() == pauses)
        #expect(try other.claim() == nil)
    }

    /// Otherwise who waits for it would wake again and again for a job that may not begin.
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

    @Test func changesTellOfPauses() async throws {
        let fixture = try LedgerFixture()
        var changes = fixture.ledger.changes().makeAsyncIterator()
        _ = try fixture.ledger.pause()
        _ = try fixture.ledger.resume()
        #expect(await changes.next() == Ledger.pausesChanged)
        #expect(await changes.next() == Ledger.pausesChanged)
    }
}
