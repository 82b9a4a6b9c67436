import Foundation
import Testing

@testable import Jobs

@Suite struct PruningTests {
    private let fixture: LedgerFixture

    init() throws {
        fixture = try LedgerFixture()
    }

    /// Jobs that are done, one a second.
    private func done(_ count: Int) throws -> [Job] {
        try (0..<count).map { _ in
            fixture.clock.advance(by: 1)
            return try fixture.job(in: .done)
        }
    }

    private func prune(_ rule: PruningRule, isNeeded: (Job) -> Bool = { _ in false }) throws -> Int {
        var (forgotten, place): (Int, PruningPlace?) = (0, nil)
        repeat {
            let step = try fixture.ledger.prune(rule, from: place, isNeeded: isNeeded)
            forgotten += step.forgotten
            place = step.next
        } while place != nil
        return forgotten
    }

    private var left: [Job.ID] { get throws { try fixture.ledger.jobs(limit: 1000).map(\.id).reversed() } }

    @Test func byAgeTheOldestGo() throws {
        let jobs = try done(5)
        let third = try #require(jobs[2].finishedAt)
        #expect(try prune(PruningRule(before: third, most: nil)) == 2)
        #expect(try left == jobs[2...].map(\.id))
        #expect(try fixture.ledger.counts()[.done] == 3)
    }

    @Test func byNumberTheOldestGo() throws {
        let jobs = try done(5)
        #expect(try prune(PruningRule(before: nil, most: 2)) == 3)
        #expect(try left == jobs[3...].map(\.id))
        #expect(try prune(PruningRule(before: nil, most: nil)) == 0)
    }

    /// However old, and however many there are.
    @Test func unfinishedJobsAndThoseInQuarantineStay() throws {
        for state in JobState.allCases { _ = try fixture.job(in: state) }
        try fixture.admit(100)
        fixture.clock.advance(by: 1e9)
        #expect(try prune(PruningRule(before: fixture.clock.now, most: 0)) == 3)
        #expect(Set(try fixture.ledger.jobs().map(\.state)) == [.queued, .running, .quarantined])
    }

    @Test func whatIsNeededStays() throws {
        let jobs = try done(4)
        #expect(try prune(PruningRule(before: nil, most: 1)) { $0.id == jobs[0].id } == 2)
        // The newest stay, whatever else does.
        #expect(try left == [jobs[0].id, jobs[3].id])
    }

    /// Many steps, of which those at the beginning find nothing to forget.
    @Test func goesOnBehindWhatIsNeeded() throws {
        _ = try done(1)
        try fixture.multiply(to: 1_000)
        try fixture.ledger.connection.execute("UPDATE jobs SET state = 'done', finished_at = id / 10")
        #expect(try prune(PruningRule(before: nil, most: 300)) { $0.id <= 600 } == 100)
        #expect(try left == Array(1...600) + Array(701...1000))
        #expect(try prune(PruningRule(before: .now, most: nil)) { $0.id <= 600 } == 299)
        #expect(try left == Array(1...600) + [1000])
    }

    /// Numbers are not given twice.
    @Test func theNewestStays() throws {
        let jobs = try done(3)
        fixture.clock.advance(by: 1e9)
        #expect(try prune(PruningRule(before: fixture.clock.now, most: 0)) == 2)
        #expect(try fixture.admit(100).id > jobs[2].id)
    }

    @Test func aProbeWritesAndChangesNothing() throws {
        let jobs = try done(2)
        try fixture.ledger.probe()
        #expect(try fixture.ledger.jobs() == jobs.reversed())
    }
}
