import Jobs
import Testing

@Suite struct ListingTests {
    @Test func pagesListNewestJobsFirst() throws {
        let fixture = try LedgerFixture()
        let jobs = try (0..<7).map { try fixture.admit($0) }
        var (pages, before): ([[Job]], Job.ID?) = ([], nil)
        while case let page = try fixture.ledger.jobs(before: before, limit: 3), let last = page.last {
            pages.append(page)
            before = last.id
        }
        #expect(pages.map(\.count) == [3, 3, 1])
        #expect(pages.flatMap { $0 } == jobs.reversed())
    }

    @Test(arguments: [(Int.min, 1), (-1, 1), (0, 1), (1, 1), (1_000, 1_000), (1_001, 1_000), (.max, 1_000)])
    func theLimitIsClamped(limit: Int, count: Int) throws {
        let fixture = try LedgerFixture()
        // More rows than the largest limit, added in one transaction.
        for number in 0..<(count == 1 ? 2 : 1) { try fixture.admit(number) }
        if count > 1 { try fixture.multiply(to: 1_002) }
        #expect(try fixture.ledger.jobs(limit: limit).count == count)
    }

    @Test func filtersByStateAndFolder() throws {
        let fixture = try LedgerFixture()
        let gate = try fixture.admit(100, dropFolder: "gate")
        let yard = try fixture.admit(101, dropFolder: "yard")
        let none = try fixture.admit(102)
        _ = try fixture.ledger.cancel(yard.id)
        _ = try fixture.ledger.cancel(none.id)
        func list(_ states: Set<JobState>?, _ dropFolder: String?) throws -> [Job.ID] {
            try fixture.ledger.jobs(states: states, dropFolder: dropFolder).map(\.id)
        }
        #expect(try list(nil, nil) == [none.id, yard.id, gate.id])
        #expect(try list([.cancelled], nil) == [none.id, yard.id])
        #expect(try list([.cancelled, .queued], "gate") == [gate.id])
        #expect(try list([.cancelled], "gate") == [])
        #expect(try list([], nil) == [])
        #expect(try list(nil, "' OR 1 --") == [])
    }

    @Test func filtersByName() throws {
        let fixture = try LedgerFixture()
        func admit(_ number: Int, _ source: String) throws -> Job.ID {
            var request = JobRequest.numbered(number, dropFolder: number % 2 == 0 ? "even" : "odd")
            request.source = source
            return try fixture.ledger.admit(request).job.id
        }
        let gate = try admit(0, "/in/Gate 100%.mp4")
        let yard = try admit(1, "/gate/yard_1.mp4")
        let root = try admit(2, "/ÄGate")
        let bare = try admit(3, "gate.mov")
        func names(_ name: String, _ dropFolder: String? = nil) throws -> [Job.ID] {
            try fixture.ledger.page(JobFilter(dropFolder: dropFolder, name: name)).jobs.map(\.id)
        }
        // The folder's name is not part of the file's name.
        #expect(try names("gATE") == [bare, root, gate])
        #expect(try names("gate", "even") == [root, gate])
        #expect(try names("100%") == [gate] && names("%") == [gate])
        #expect(try names("_1") == [yard] && names("Ä") == [root])
        #expect(try names("/") == [] && names("' OR 1 --") == [])
    }

    /// However many jobs there are, one page examines a limited number.
    @Test func aSearchByNameContinuesWhereItStopped() throws {
        let fixture = try LedgerFixture()
        let old = try fixture.admit(7777)
        try fixture.admit(1)
        try fixture.multiply(to: 12_000)
        let filter = JobFilter(name: "7777")
        var (found, pages, before): ([Job.ID], Int, Job.ID?) = ([], 0, nil)
        repeat {
            let page = try fixture.ledger.page(filter, before: before, limit: 10)
            found += page.jobs.map(\.id)
            pages += 1
            before = page.next
        } while before != nil
        #expect(found == [old.id] && pages == 3)
        #expect(try fixture.ledger.page(filter, before: .max, limit: 10).jobs == [])
        #expect(try fixture.ledger.page(filter, before: .min, limit: 10) == JobPage(jobs: [], next: nil))
        // If many jobs match, the page ends at its limit.
        let page = try fixture.ledger.page(JobFilter(name: "1.MP4"), limit: 10)
        #expect(page.jobs.count == 10 && page.next == page.jobs.last?.id)
    }

    @Test func pagesTellWhetherMoreFollow() throws {
        let fixture = try LedgerFixture()
        let jobs = try (0..<4).map { try fixture.admit($0) }
        #expect(try fixture.ledger.page(JobFilter(), limit: 4).next == nil)
        #expect(try fixture.ledger.page(JobFilter(), limit: 3).next == jobs[1].id)
        #expect(try fixture.ledger.page(JobFilter(), before: jobs[1].id, limit: 1).next == nil)
    }

    @Test func countsEveryState() throws {
        let fixture = try LedgerFixture()
        #expect(try fixture.ledger.counts() == Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) }))
        for state in JobState.allCases { _ = try fixture.job(in: state) }
        _ = try fixture.job(in: .failed)
        let counts = try fixture.ledger.counts()
        for state in JobState.allCases { #expect(counts[state] == (state == .failed ? 2 : 1)) }
    }

    @Test func unknownJobsAreNil() throws {
        let fixture = try LedgerFixture()
        try fixture.admit(0)
        #expect(try fixture.ledger.job(99) == nil)
        #expect(try fixture.ledger.job(.min) == nil)
        #expect(try fixture.ledger.job(.numbered(1)) == nil)
    }
}
