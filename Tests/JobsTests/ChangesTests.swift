import Foundation
import Testing

@testable import Jobs

@Suite struct ChangesTests {
    @Test func everyChangeReachesEveryListener() async throws {
        let fixture = try LedgerFixture()
        let old = try fixture.admit(0)
        let ledger = fixture.ledger
        let streams = [ledger.changes(), ledger.changes()]
        let job = try fixture.admit(1, priority: 1)
        _ = try ledger.admit(.numbered(1))
        _ = try ledger.claim()
        try ledger.advance(job.id, to: 0.5)
        _ = try ledger.release(job.id)
        _ = try ledger.prioritise(old.id, 2)
        _ = try ledger.claim()
        _ = try ledger.fail(old.id, .sample, retryAt: fixture.clock.now + 1)
        _ = try ledger.retry(old.id)
        _ = try ledger.relocate(old.id, source: "/x")
        _ = try ledger.cancel(old.id)
        _ = try ledger.admit(.numbered(0), again: true)
        _ = try? ledger.finish(old.id, warnings: [])
        _ = try ledger.claim()
        _ = try ledger.finish(job.id, warnings: [])
        let expected =
            [job.id, job.id, job.id, job.id, old.id, old.id, old.id, old.id, old.id, old.id, old.id, job.id, job.id]
        for stream in streams {
            var seen: [Job.ID] = []
            for await id in stream {
                seen.append(id)
                if seen.count == expected.count { break }
            }
            #expect(seen == expected)
        }
    }

    @Test func slowListenerKeepsTheNewest() async {
        var broadcaster: ChangeBroadcaster? = ChangeBroadcaster()
        let stream = broadcaster?.listen()
        for id in 0..<1_000 { broadcaster?.announce(Job.ID(id)) }
        // Streams end with the ledger.
        broadcaster = nil
        var seen: [Job.ID] = []
        if let stream { for await id in stream { seen.append(id) } }
        #expect(seen == Array(744..<1_000))
    }

    @Test func endedListenersAreRemoved() async {
        let broadcaster = ChangeBroadcaster()
        let remaining = broadcaster.listen()
        do {
            let stream = broadcaster.listen()
            broadcaster.announce(1)
            for await _ in stream { break }
        }
        #expect(broadcaster.listenerCount == 1)
        broadcaster.announce(2)
        var seen: [Job.ID] = []
        for await id in remaining {
            seen.append(id)
            if seen.count == 2 { break }
        }
        #expect(seen == [1, 2])
    }
}
