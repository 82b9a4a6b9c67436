import Foundation
import Testing

@testable import Jobs

/// The order of jobs from several drop folders.
@Suite struct TurnTests {
    private func order(_ ledger: Ledger) throws -> [String] {
        var order: [String] = []
        while let job = try ledger.claim() { order.append("\(job.dropFolder ?? "-")\(job.bytes - 1000)") }
        return order
    }

    @Test(
        "Drop folders of the same priority take turns, whatever the number of their jobs; within one, the oldest job is first"
    )
    func dropFolders() throws {
        let fixture = try LedgerFixture()
        for number in 0..<6 { try fixture.admit(number, dropFolder: "a") }
        for number in 6..<8 { try fixture.admit(number, dropFolder: "b") }
        try fixture.admit(8)
        #expect(try order(fixture.ledger) == ["a0", "b6", "-8", "a1", "b7", "a2", "a3", "a4", "a5"])
    }

    @Test("A higher priority still goes first, and does not use up another drop folder's turn")
    func priorities() throws {
        let fixture = try LedgerFixture()
        for number in 0..<3 { try fixture.admit(number, dropFolder: "a") }
        for number in 3..<6 { try fixture.admit(number, priority: 1, dropFolder: "b") }
        for number in 6..<8 { try fixture.admit(number, dropFolder: "c") }
        #expect(try order(fixture.ledger) == ["b3", "b4", "b5", "a0", "c6", "a1", "c7", "a2"])
    }

    @Test("A drop folder with a waiting job does not delay the others")
    func waiting() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.admit(0, dropFolder: "a")
        _ = try fixture.ledger.claim()
        _ = try fixture.ledger.fail(job.id, .sample, retryAt: fixture.clock.now + 60)
        try fixture.admit(1, dropFolder: "b")
        try fixture.admit(2, dropFolder: "a")
        #expect(try order(fixture.ledger) == ["b1", "a2"])
    }

    @Test("A job that ended the daemon for lack of memory runs last and alone, and after the third time not at all")
    func memory() throws {
        let fixture = try LedgerFixture()
        let ledger = fixture.ledger
        let job = try fixture.admit(0, priority: 9, dropFolder: "a")
        for end in 1...3 {
            let other = try fixture.admit(end, dropFolder: "b")
            if end > 1 { #expect(try ledger.claim()?.id == other.id) } else { _ = try ledger.cancel(other.id) }
            if end > 1 {
                #expect(try ledger.claim(isAlone: false) == nil)
                _ = try ledger.finish(other.id, warnings: [])
            }
            #expect(try ledger.claim()?.id == job.id)
            let after = try ledger.interrupt(job.id, .sample, isForMemory: true, maximumMemoryEnds: 3)
            #expect(after.state == (end < 3 ? .queued : .quarantined))
            #expect(after.memoryEnds == end && after.ends == end && after.isSuspect && after.goesLast)
        }
    }

    @Test("Kills by hand never lead to quarantine; after the third, other jobs go first")
    func kills() throws {
        let fixture = try LedgerFixture()
        let ledger = fixture.ledger
        let job = try fixture.admit(0, dropFolder: "a")
        for end in 1...200 {
            #expect(try ledger.claim()?.id == job.id)
            let after = try ledger.interrupt(job.id, .sample, isForMemory: false, maximumMemoryEnds: 3)
            #expect(after.state == .queued && after.ends == end && after.memoryEnds == 0)
            #expect(after.goesLast == (end >= 3))
        }
        let other = try fixture.admit(1, priority: -5)
        #expect(try ledger.claim()?.id == other.id)
        _ = try ledger.finish(other.id, warnings: [])
        #expect(try ledger.claim()?.id == job.id)
        // A retry by a person resets the job.
        _ = try ledger.cancel(job.id)
        #expect(try ledger.retry(job.id).ends == 0)
    }
}
