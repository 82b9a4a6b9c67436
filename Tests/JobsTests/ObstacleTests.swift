import Foundation
import Testing

@testable import Jobs

/// Jobs that wait for an obstacle that a person has to remove.
@Suite struct ObstacleTests {
    private let fixture: LedgerFixture
    private let failure = JobFailure(code: "output", message: "the folder cannot be written")

    init() throws {
        fixture = try LedgerFixture()
    }

    @Test("A wait counts no attempt, and the next one receives the number of previous waits")
    func waits() throws {
        let ledger = fixture.ledger
        let job = try ledger.admit(.numbered(0)).job
        for wait in 0..<4 {
            #expect(try ledger.claim()?.attempts == 1)
            let waiting = try ledger.obstruct(job.id, by: .output, failure) { waits in
                #expect(waits == wait)
                return .distantPast
            }
            #expect(waiting.state == .queued && waiting.attempts == 0)
            #expect(waiting.waitsFor == .output && waiting.failure == failure)
            #expect(try ledger.obstructed() == 1)
        }
        _ = try ledger.claim()
        let done = try ledger.finish(job.id, warnings: [])
        #expect(done.waitsFor == nil && done.attempts == 1)
        #expect(try ledger.obstructed() == 0)
    }

    @Test("All jobs of a folder wait and continue together; those of a sibling folder are not affected")
    func folders() throws {
        let ledger = fixture.ledger
        for (number, output) in ["/out/a.mp4", "/out/b.mp4", "/out2/c.mp4", "/out/d.mp4"].enumerated() {
            let other = JobRequest.numbered(number)
            _ = try ledger.admit(
                JobRequest(key: other.key, bytes: 1, dropFolder: nil, source: other.source, output: output))
        }
        let first = try #require(try ledger.claim())
        let due = Date(timeIntervalSince1970: 4_000_000_000)
        _ = try ledger.obstruct(first.id, by: .output, failure) { _ in due }
        try ledger.hold(folder: "/out", failure, retryAt: due)
        let held = try ledger.jobs()
        #expect(
            held.filter { $0.waitsFor == .output }.map(\.output).sorted() == ["/out/a.mp4", "/out/b.mp4", "/out/d.mp4"])
        #expect(try ledger.obstructed() == 3)
        let other = try #require(try ledger.claim())
        #expect(other.output == "/out2/c.mp4")
        #expect(try ledger.claim() == nil)
        // As when the first job is due again and its folder can be written.
        _ = try ledger.retry(first.id)
        let again = try #require(try ledger.claim())
        try ledger.resume(folder: "/out", running: again.id)
        #expect(try ledger.obstructed() == 0)
        #expect(try ledger.claim()?.output == "/out/b.mp4")
        #expect(try ledger.claim()?.output == "/out/d.mp4")
    }
}
