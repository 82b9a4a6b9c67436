import Foundation
import TestSupport
import Testing

@testable import Jobs

/// A killed daemon leaves the file and its log as they were at some moment; the tests use copies of both.
@Suite struct CrashTests {
    @Test func interruptedJobsAreFoundAgain() throws {
        let fixture = try LedgerFixture()
        for number in 0..<4 { try fixture.admit(number) }
        let running = try (0..<2).compactMap { _ in try fixture.ledger.claim() }
        try fixture.ledger.advance(running[1].id, to: 0.25)
        let before = try fixture.ledger.jobs()

        let ledger = try Ledger(path: fixture.copy(), now: { fixture.clock.now })
        #expect(try ledger.jobs() == before)
        let interrupted = try ledger.interrupted()
        #expect(interrupted.map(\.id) == running.map(\.id))
        #expect(interrupted.map(\.progress) == [0, 0.25] && interrupted.map(\.attempts) == [1, 1])
        // They are not claimed again until recovery settles them.
        #expect(try (0..<3).map { _ in try ledger.claim()?.id } == [3, 4, nil])
        #expect(try ledger.release(running[0].id).state == .queued)
        #expect(try ledger.crash(running[1].id, .sample, maximumCrashes: 1).state == .quarantined)
        #expect(try ledger.interrupted().map(\.id) == [3, 4])
    }

    @Test func aTruncatedLogGivesAnEarlierState() throws {
        let fixture = try LedgerFixture()
        var moments: [(logSize: Int, jobs: [Job])] = [(0, [])]
        func note() throws {
            moments.append((try fixture.directory.bytes(of: "jobs.sqlite-wal").count, try fixture.ledger.jobs()))
        }
        try note()
        for number in 0..<6 {
            try fixture.admit(number)
            try note()
            _ = try fixture.ledger.claim()
            try note()
            if number % 2 == 0 { _ = try fixture.ledger.finish(Job.ID(number + 1), warnings: ["w"]) }
            try note()
        }
        let log = try fixture.directory.bytes(of: "jobs.sqlite-wal")
        #expect(log.count == moments.last?.logSize)
        var generator = SeededGenerator(seed: 1)
        let cuts = (0..<40).map { _ in Int.random(in: 0...log.count, using: &generator) } + moments.map(\.logSize)
        for cut in cuts {
            let ledger = try Ledger(path: fixture.copy(log: Array(log[..<cut])))
            #expect(try ledger.jobs() == moments.last { $0.logSize <= cut }?.jobs)
        }
    }

    @Test func logDoesNotGrowWithoutBound() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        var largest = 0
        for step in 0..<800 {
            try fixture.ledger.advance(job.id, to: Double(step) / 800)
            if step % 50 == 0 {
                largest = max(largest, try fixture.directory.bytes(of: "jobs.sqlite-wal").count)
            }
        }
        #expect(largest > 500_000 && largest < 1_500_000)
    }
}
