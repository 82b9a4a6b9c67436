import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct DamageTests {
    /// The bytes of a closed ledger with jobs in every state.
    private static func healthyFile() throws -> [UInt8] {
        let directory: TemporaryDirectory
        do {
            let fixture = try LedgerFixture()
            directory = fixture.directory
            for _ in 0..<5 { for state in JobState.allCases { _ = try fixture.job(in: state) } }
            _ = try fixture.job(in: .queued, isWaiting: true)
        }
        return try directory.bytes(of: "jobs.sqlite")
    }

    /// Calls every function once; returns the errors.
    private static func use(_ ledger: Ledger) -> [any Error] {
        let calls: [() throws -> Void] = [
            { _ = try ledger.jobs() }, { _ = try ledger.counts() }, { _ = try ledger.interrupted() },
            { _ = try ledger.nextRetry() }, { _ = try ledger.job(.numbered(3)) }, { _ = try ledger.claim() },
            { _ = try ledger.admit(.numbered(3), again: true) }, { _ = try ledger.admit(.numbered(1_000)) },
            { for id in 1...31 { _ = try ledger.job(Job.ID(id)) } }, { _ = try ledger.cancel(1) },
            { _ = try ledger.finish(2, warnings: []) }, { _ = try ledger.retry(4) },
        ]
        return calls.compactMap { call in
            do { try call() } catch { return error }
            return nil
        }
    }

    @Test func damagedFileOpensOrIsRefused() throws {
        let healthy = try Self.healthyFile()
        var mutator = Mutator(seed: 7)
        var generator = SeededGenerator(seed: 8)
        var codes: [LedgerError.Code?: Int] = [:]
        for round in 0..<150 {
            var bytes = healthy
            if round % 2 == 0 {
                bytes = mutator.mutated(bytes)
            } else {
                for _ in 0..<8 {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                        UInt8.random(in: 1...255, using: &generator)
                }
            }
            let directory = try TemporaryDirectory()
            let path = try directory.write(bytes, to: "jobs.sqlite")
            do {
                let ledger = try Ledger(path: path)
                codes[nil, default: 0] += 1
                for error in Self.use(ledger) { #expect(error is LedgerError) }
            } catch {
                codes[error.code, default: 0] += 1
            }
        }
        // Both outcomes occur: a flipped byte of a text goes unnoticed, one of a page's structure does not.
        #expect(codes[nil, default: 0] > 10 && codes[.damaged, default: 0] > 10)
    }

    @Test func damagedLogOpensOrIsRefused() throws {
        let fixture = try LedgerFixture()
        for state in JobState.allCases { _ = try fixture.job(in: state) }
        let log = try fixture.directory.bytes(of: "jobs.sqlite-wal")
        var mutator = Mutator(seed: 9)
        for _ in 0..<60 {
            do {
                let ledger = try Ledger(path: fixture.copy(log: mutator.mutated(log)))
                // Frames of the log have checksums, so that only complete ones are used.
                #expect(try ledger.jobs().count <= JobState.allCases.count)
                for error in Self.use(ledger) { #expect(error is LedgerError) }
            } catch {
                #expect(error is LedgerError)
            }
        }
    }

    @Test func damageToAnOpenFileIsAnError() throws {
        let healthy = try Self.healthyFile()
        var generator = SeededGenerator(seed: 10)
        var damagedCount = 0
        for _ in 0..<40 {
            let directory = try TemporaryDirectory()
            let ledger = try Ledger(path: directory.write(healthy, to: "jobs.sqlite"))
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: directory.file("jobs.sqlite")))
            for _ in 0..<64 {
                try file.seek(toOffset: UInt64.random(in: 100..<UInt64(healthy.count), using: &generator))
                try file.write(contentsOf: [UInt8.random(in: 0...255, using: &generator)])
            }
            try file.close()
            try ledger.connection.execute("PRAGMA shrink_memory")
            let errors = Self.use(ledger)
            for error in errors { #expect(error is LedgerError) }
            damagedCount += errors.contains { ($0 as? LedgerError)?.code == .damaged } ? 1 : 0
        }
        #expect(damagedCount > 10)
    }

    @Test(arguments: [
        "state = 'lost'", "progress = 1.5", "attempts = -1", "failure_code = 'x'", "retry_at = 5",
    ])
    func anInvalidJobIsDetectedAtOpening(change: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        do {
            let ledger = try Ledger(path: path)
            _ = try ledger.admit(.numbered(0))
            try ledger.connection.execute("PRAGMA ignore_check_constraints = ON; UPDATE jobs SET \(change)")
        }
        let error = ledgerError { _ = try Ledger(path: path) }
        #expect(error?.code == .damaged)
        #expect(error?.description.contains("jobs") == true)
    }

    @Test(arguments: [("state = 'lost'", "state"), ("progress = 1.5", "progress"), ("warnings = '[1'", "warnings")])
    func anInvalidJobIsDetectedWhenRead(change: String, column: String) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.admit(0)
        try fixture.ledger.connection.execute(
            "PRAGMA ignore_check_constraints = ON; UPDATE jobs SET \(change)")
        let error = ledgerError { _ = try fixture.ledger.job(job.id) }
        #expect(error?.code == .damaged)
        #expect(error?.description.contains("a job's \(column)") == true)
    }

    @Test func missingTableIsDamage() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.connection.execute("DROP TABLE jobs")
        let error = ledgerError { _ = try fixture.ledger.jobs() }
        #expect(error?.code == .damaged && error?.underlyingCode == 1)
    }

    /// A large file is not checked at the start, which would take seconds, but its damage is found all the same.
    @Test func damageOfALargeFileIsFoundDuringUse() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        do {
            let ledger = try Ledger(path: path)
            let admitted = try ledger.admit(.numbered(0)).job
            #expect(throws: Never.self) { try ledger.checkIfLarge() }
            // A large text in each row makes a large file with few rows.
            try ledger.connection.execute(
                """
                WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 200)
                INSERT INTO jobs (content, model, options, bytes, source, output, priority, state, attempts, progress,
                    warnings, created_at)
                SELECT 'copy ' || n, model, options, bytes, source, output, priority, 'done', 0, 0,
                    '["' || hex(zeroblob(60000)) || '"]', created_at
                FROM number, (SELECT * FROM jobs WHERE id = \(admitted.id))
                """)
            try ledger.checkIfLarge()
            try ledger.connection.execute(
                "PRAGMA ignore_check_constraints = ON; UPDATE jobs SET progress = 2 WHERE id = 7")
        }
        let ledger = try Ledger(path: path)
        #expect(try ledger.counts()[.done] == 200)
        #expect(ledgerError { try ledger.checkIfLarge() }?.code == .damaged)
    }
}
