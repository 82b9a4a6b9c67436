import Testing

@testable import Jobs

@Suite struct BulkTests {
    /// Runs all steps of a change.
    private func all(_ step: (Job.ID?) throws -> Ledger.Step) throws -> [Job] {
        var (changed, before): ([Job], Job.ID?) = ([], nil)
        repeat {
            let done = try step(before)
            changed += done.changed
            before = done.next
        } while before != nil
        return changed
    }

    @Test func retriesOnlyJobsInAllowedStates() throws {
        let fixture = try LedgerFixture()
        let jobs = try JobState.allCases.map { try fixture.job(in: $0) }
        let waiting = try fixture.job(in: .queued, isWaiting: true)
        let changed = try all { try fixture.ledger.retry(JobFilter(states: Set(JobState.allCases)), before: $0) }
        #expect(
            Set(changed.map(\.id))
                == Set(jobs.filter { [.failed, .quarantined, .cancelled].contains($0.state) }.map(\.id) + [waiting.id]))
        #expect(
            changed.allSatisfy { $0.state == .queued && $0.attempts == 0 && $0.failure == nil && $0.retryAt == nil })
        for job in changed { #expect(try fixture.ledger.job(job.id) == job) }
        #expect(try fixture.ledger.counts()[.done] == 1)
    }

    @Test func exceptedJobsAreNotChanged() throws {
        let fixture = try LedgerFixture()
        let jobs = try (0..<3).map { _ in try fixture.job(in: .failed) }
        let changed = try fixture.ledger.retry(JobFilter(states: [.failed]), except: [jobs[1].id]).changed
        #expect(changed.map(\.id) == [jobs[2].id, jobs[0].id])
        #expect(try fixture.ledger.job(jobs[1].id)?.state == .failed)
    }

    @Test func cancelsByDropFolderAndName() throws {
        let fixture = try LedgerFixture()
        let gate = try fixture.admit(11, dropFolder: "gate")
        let other = try fixture.admit(12, dropFolder: "gate")
        let yard = try fixture.admit(113, dropFolder: "yard")
        #expect(try fixture.ledger.cancel(JobFilter(dropFolder: "gate", name: "11")).changed.map(\.id) == [gate.id])
        #expect(try fixture.ledger.cancel(JobFilter(name: "11")).changed.map(\.id) == [yard.id])
        #expect(try fixture.ledger.job(other.id)?.state == .queued)
        let cancelled = try fixture.ledger.job(gate.id)
        #expect(cancelled?.finishedAt == fixture.clock.now)
    }

    /// More jobs than one step changes: each is changed and announced once.
    @Test func manyJobsAreChangedInSteps() async throws {
        let fixture = try LedgerFixture()
        let first = try fixture.admit(0)
        try fixture.multiply(to: 250)
        let changes = fixture.ledger.changes()
        var (steps, before): ([Int], Job.ID?) = ([], nil)
        repeat {
            let step = try fixture.ledger.cancel(JobFilter(states: [.queued]), before: before)
            steps.append(step.changed.count)
            before = step.next
        } while before != nil
        #expect(steps == [100, 100, 50])
        #expect(try fixture.ledger.counts()[.cancelled] == 250)
        var heard: [Job.ID] = []
        for await id in changes {
            heard.append(id)
            if heard.count == 250 { break }
        }
        #expect(heard == (0..<250).reversed().map { first.id + Int64($0) })
    }
}
