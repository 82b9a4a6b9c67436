import Foundation
import Testing

@testable import Jobs

@Suite struct PruningTests {
    private let fixture: LedgerFixture

    init() throws {
        fixture = try LedgerFixture()
    }

    /// Jobs that are done, one per second.
    private func done(_ count: Int) throws -> [Job] {
        try (0..<count).map { _ in
            fixture.clock.advance(by: 1)
            return try fixture.job(in: .done)
        }
    }

    private func prune(_ rule: PruningRule, isNeeded: (Job) -> Bool = { _ in false }) throws -> Int {
        var (removed, place): (Int, PruningCursor?) = (0, nil)
        repeat {
            let step = try fixture.ledger.prune(rule, from: place, isNeeded: isNeeded)
            removed += step.removed
            place = step.next
        } while place != nil
        return removed
    }

    private var left: [Job.ID] { get throws { try fixture.ledger.jobs(limit: 1000).map(\.id).reversed() } }

    @Test func theOldestAreRemovedByAge() throws {
        let jobs = try done(5)
        let third = try #require(jobs[2].finishedAt)
        #expect(try prune(PruningRule(before: third, maximumJobs: nil)) == 2)
        #expect(try left == jobs[2...].map(\.id))
        #expect(try fixture.ledger.counts()[.done] == 3)
    }

    @Test func theOldestAreRemovedByNumber() throws {
        let jobs = try done(5)
        #expect(try prune(PruningRule(before: nil, maximumJobs: 2)) == 3)
        #expect(try left == jobs[3...].map(\.id))
        #expect(try prune(PruningRule(before: nil, maximumJobs: nil)) == 0)
    }

    /// Whatever their age and number.
    @Test func unfinishedAndQuarantinedJobsAreKept() throws {
        for state in JobState.allCases { _ = try fixture.job(in: state) }
        try fixture.admit(100)
        fixture.clock.advance(by: 1e9)
        #expect(try prune(PruningRule(before: fixture.clock.now, maximumJobs: 0)) == 3)
        #expect(Set(try fixture.ledger.jobs().map(\.state)) == [.queued, .running, .quarantined])
    }

    @Test func neededJobsAreKept() throws {
        let jobs = try done(4)
        #expect(try prune(PruningRule(before: nil, maximumJobs: 1)) { $0.id == jobs[0].id } == 2)
        // The newest are kept, whatever else is.
        #expect(try left == [jobs[0].id, jobs[3].id])
    }

    /// Many steps, of which the first find nothing to remove.
    @Test func pruningContinuesAfterNeededJobs() throws {
        _ = try done(1)
        try fixture.multiply(to: 1_000)
        try fixture.ledger.connection.execute("UPDATE jobs SET state = 'done', finished_at = id / 10")
        #expect(try prune(PruningRule(before: nil, maximumJobs: 300)) { $0.id <= 600 } == 100)
        #expect(try left == Array(1...600) + Array(701...1000))
        #expect(try prune(PruningRule(before: .now, maximumJobs: nil)) { $0.id <= 600 } == 299)
        #expect(try left == Array(1...600) + [1000])
    }

    /// Job numbers are not reused.
    @Test func theNewestJobIsKept() throws {
        let jobs = try done(3)
        fixture.clock.advance(by: 1e9)
        #expect(try prune(PruningRule(before: fixture.clock.now, maximumJobs: 0)) == 2)
        #expect(try fixture.admit(100).id > jobs[2].id)
    }

    @Test func aProbeWritesAndChangesNothing() throws {
        let jobs = try done(2)
        try fixture.ledger.probe()
        #expect(try fixture.ledger.jobs() == jobs.reversed())
    }
}
