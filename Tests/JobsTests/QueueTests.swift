import Foundation
import Jobs
import Synchronization
import Testing

@Suite struct QueueTests {
    @Test func highestPriorityThenLowestNumberIsNext() throws {
        let fixture = try LedgerFixture()
        let priorities = [0, 5, -1, 5, 0, .max, .min]
        let jobs = try priorities.enumerated().map { number, priority in
            // A clock that runs backwards must not reverse the queue.
            fixture.clock.advance(by: -10)
            return try fixture.admit(number, priority: priority)
        }
        var order: [Int] = []
        while let job = try fixture.ledger.claim() { order.append(Int(job.id - jobs[0].id)) }
        #expect(order == [5, 1, 3, 0, 4, 2, 6])
    }

    @Test func aNewPriorityAppliesImmediately() throws {
        let fixture = try LedgerFixture()
        let jobs = try (0..<3).map { try fixture.admit($0) }
        _ = try fixture.ledger.prioritise(jobs[2].id, 1)
        _ = try fixture.ledger.prioritise(jobs[0].id, -1)
        #expect(try [fixture.ledger.claim()?.id, fixture.ledger.claim()?.id] == [jobs[2].id, jobs[1].id])
    }

    @Test func aWaitingJobDoesNotBlockOthers() throws {
        let fixture = try LedgerFixture()
        let waiting = try fixture.job(in: .queued, isWaiting: true)
        let other = try fixture.admit(50)
        #expect(try fixture.ledger.claim()?.id == other.id)
        #expect(try fixture.ledger.claim() == nil)
        fixture.clock.advance(by: 59.999)
        #expect(try fixture.ledger.claim() == nil)
        fixture.clock.advance(by: 0.001)
        #expect(try fixture.ledger.claim()?.id == waiting.id)
    }

    @Test func nextRetryIsTheEarliestWait() throws {
        let fixture = try LedgerFixture()
        #expect(try fixture.ledger.nextRetry() == nil)
        try fixture.admit(0)
        #expect(try fixture.ledger.nextRetry() == nil)
        let start = fixture.clock.now
        for (number, wait) in [30.0, 10, 20].enumerated() {
            let job = try fixture.admit(number + 1, priority: 1)
            #expect(try fixture.ledger.claim()?.id == job.id)
            _ = try fixture.ledger.fail(job.id, .sample, retryAt: start + wait)
        }
        #expect(try fixture.ledger.nextRetry() == start + 10)
        // A job that becomes due between a claim and this call must not be missed.
        fixture.clock.advance(by: 15)
        #expect(try fixture.ledger.nextRetry() == start + 10)
    }

    @Test func aSuspectWaitsToRunAloneAndBlocksOthers() throws {
        let fixture = try LedgerFixture()
        let suspect = try fixture.job(in: .running)
        _ = try fixture.ledger.crash(suspect.id, .sample, maximumCrashes: 3)
        let first = try fixture.admit(50, priority: 2_000)
        try fixture.admit(51)
        #expect(try fixture.ledger.claim(isAlone: false)?.id == first.id)
        #expect(try fixture.ledger.claim(isAlone: false) == nil)
        #expect(try fixture.ledger.claim(isAlone: true)?.id == suspect.id)
    }

    @Test func jobsOfExcludedDropFoldersAreSkipped() throws {
        let fixture = try LedgerFixture()
        let gate = try fixture.admit(0, priority: 9, dropFolder: "gate")
        let yard = try fixture.admit(1, dropFolder: "yard")
        let none = try fixture.admit(2)
        #expect(try fixture.ledger.claim(except: ["gate", "yard", "' OR 1 --"])?.id == none.id)
        #expect(try fixture.ledger.claim(except: ["gate", "yard"]) == nil)
        #expect(try fixture.ledger.claim(except: ["gate"])?.id == yard.id)
        #expect(try fixture.ledger.claim()?.id == gate.id)
        _ = try fixture.ledger.fail(gate.id, .sample, retryAt: fixture.clock.now + 5)
        #expect(try fixture.ledger.nextRetry(except: ["gate"]) == nil)
        #expect(try fixture.ledger.nextRetry(except: ["yard"]) == fixture.clock.now + 5)
    }

    @Test func manyThreadsClaimEveryJobOnce() throws {
        let fixture = try LedgerFixture()
        let jobs = try (0..<60).map { try fixture.admit($0) }
        // A second connection to the same file, like another process.
        let other = try Ledger(path: fixture.directory.file("jobs.sqlite"))
        let claimed = Mutex<[Job.ID]>([])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { index in
            let ledger = index % 2 == 0 ? fixture.ledger : other
            do {
                while let job = try ledger.claim() {
                    claimed.withLock { $0.append(job.id) }
                    _ = try ledger.finish(job.id, warnings: [])
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(claimed.withLock { $0.sorted() } == jobs.map(\.id))
        #expect(try fixture.ledger.counts()[.done] == 60)
    }

    @Test func manyThreadsAdmitAJobOnce() throws {
        let fixture = try LedgerFixture()
        let new = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for number in 0..<20 {
                if case .new? = try? fixture.ledger.admit(.numbered(number)) { new.withLock { $0 += 1 } }
            }
        }
        #expect(new.withLock { $0 } == 20)
        #expect(try fixture.ledger.counts()[.queued] == 20)
    }
}
