import TestSupport
import Testing

@testable import Jobs

@Suite struct RefusedWriteTests {
    @Test func fullDiskLosesNothing() throws {
        let fixture = try LedgerFixture()
        let first = try fixture.job(in: .running)
        // SQLite reports a file at its maximum size like a full disk.
        try fixture.ledger.connection.execute("PRAGMA max_page_count = 8")
        var (number, error): (Int, LedgerError?) = (1, nil)
        while error == nil, number < 1_000 {
            error = ledgerError { try fixture.admit(number) }
            number += 1
        }
        #expect(error?.code == .full && error?.underlyingCode == 13)
        let jobs = try fixture.ledger.jobs(limit: 1_000)
        #expect(jobs.count == number - 1 && jobs.last == first)
        #expect(try fixture.ledger.job(.numbered(number - 1)) == nil)
        #expect(try fixture.ledger.finish(first.id, warnings: []).state == .done)

        try fixture.ledger.connection.execute("PRAGMA max_page_count = 1000000")
        #expect(try fixture.admit(number - 1).state == .queued)
    }

    @Test func readingWorksAfterARejectedWrite() async throws {
        let fixture = try LedgerFixture()
        let job = try fixture.admit(0)
        let changes = fixture.ledger.changes()
        try fixture.ledger.connection.execute("PRAGMA query_only = ON")
        let error = ledgerError { _ = try fixture.ledger.cancel(job.id) }
        #expect(error?.code == .unwritable && error?.underlyingCode == 8)
        #expect(try fixture.ledger.jobs() == [job])
        // Only the following change was announced.
        let other = try fixture.admit(1)
        for await id in changes {
            #expect(id == other.id)
            break
        }
    }

    @Test func anotherWriterIsAwaitedThenReported() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.admit(0)
        let other = try Ledger(path: fixture.directory.file("jobs.sqlite"))
        try other.connection.execute("PRAGMA busy_timeout = 0")
        try fixture.ledger.connection.write { _ in
            let error = ledgerError { _ = try other.cancel(job.id) }
            #expect(error?.code == .unwritable)
            #expect(error?.description.contains("another process") == true)
            let jobs = try other.jobs()
            #expect(jobs == [job])
        }
        #expect(try other.cancel(job.id).state == .cancelled)
    }
}
