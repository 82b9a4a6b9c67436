import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite struct OpeningTests {
    @Test func createsFolderAndFileForTheirOwner() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("state/ledger/jobs.sqlite")
        let ledger = try Ledger(path: path)
        _ = try ledger.admit(.numbered(0))
        func permissions(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try permissions(directory.file("state")) == 0o700)
        #expect(try permissions(directory.file("state/ledger")) == 0o700)
        #expect(try permissions(path) == 0o600)
        #expect(try permissions(path + "-wal") == 0o600)
    }

    @Test func jobsPersist() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        let job = try Ledger(path: path).admit(.numbered(0)).job
        #expect(try Ledger(path: path).jobs() == [job])
        #expect(try directory.listing() == ["jobs.sqlite"])
    }

    /// A ledger of the first format is migrated.
    @Test func anOlderFormatIsMigrated() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        let job: Job
        do {
            let ledger = try Ledger(path: path)
            job = try ledger.admit(.numbered(0)).job
            try ledger.connection.execute(
                """
                DROP TRIGGER count_new; DROP TRIGGER count_gone; DROP TRIGGER count_changed; DROP TABLE job_counts;
                DROP INDEX jobs_by_state; DROP INDEX jobs_by_watch; DROP INDEX jobs_by_watch_and_state;
                DROP INDEX jobs_by_end; DROP INDEX jobs_by_retry; DROP INDEX jobs_by_wait;
                CREATE INDEX jobs_by_turn ON jobs (state, priority DESC, id);
                DROP INDEX jobs_that_wait; DROP INDEX jobs_by_watch_and_turn;
                ALTER TABLE jobs DROP COLUMN ends; ALTER TABLE jobs DROP COLUMN memory_ends;
                ALTER TABLE jobs DROP COLUMN waits_for; ALTER TABLE jobs DROP COLUMN waits;
                ALTER TABLE jobs DROP COLUMN crashes; ALTER TABLE jobs DROP COLUMN result;
                DROP TABLE pauses;
                PRAGMA user_version = 1
                """)
        }
        let ledger = try Ledger(path: path)
        #expect(try ledger.jobs() == [job])
        #expect(try ledger.counts()[.queued] == 1)
        _ = try ledger.claim()
        #expect(try ledger.crash(job.id, .sample, maximumCrashes: 2).crashes == 1)
        #expect(try Ledger(path: path).jobs()[0].crashes == 1)
    }

    @Test func manyProcessesOpenANewLedgerAtOnce() throws {
        for _ in 0..<5 {
            let directory = try TemporaryDirectory()
            let failures = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { number in
                do {
                    _ = try Ledger(path: directory.file("state/jobs.sqlite")).admit(.numbered(number))
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            #expect(failures.withLock { $0 } == [])
            #expect(try Ledger(path: directory.file("state/jobs.sqlite")).counts()[.queued] == 4)
        }
    }

    @Test func emptyFileBecomesALedger() throws {
        let directory = try TemporaryDirectory()
        #expect(try Ledger(path: directory.write([], to: "jobs.sqlite")).jobs() == [])
    }

    @Test(arguments: ["jobs", ":memory:", "file:x?mode=memory"])
    func specialSQLiteNamesAreFileNames(path: String) throws {
        #expect(try LedgerFile.plainPath(path) == "./" + path)
        #expect(try LedgerFile.plainPath("/" + path) == "/" + path)
    }

    @Test(arguments: ["", "a\0b"])
    func invalidPathsAreRejected(path: String) {
        #expect(ledgerError { _ = try Ledger(path: path) }?.code == .cannotOpen)
    }

    @Test func aNewerFormatIsRejectedUnchanged() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        let newer = LedgerSchema.version + 1
        do { try Ledger(path: path).connection.execute("PRAGMA user_version = \(newer)") }
        let bytes = try directory.bytes(of: "jobs.sqlite")
        let error = ledgerError { _ = try Ledger(path: path) }
        #expect(error?.code == .newer)
        #expect(error?.description.contains("format \(newer)") == true)
        #expect(try directory.bytes(of: "jobs.sqlite") == bytes)
        #expect(try directory.listing() == ["jobs.sqlite"])
    }

    @Test(arguments: [
        "PRAGMA application_id = 1", "PRAGMA application_id = 0", "PRAGMA application_id = 0; PRAGMA user_version = 0",
    ])
    func anotherProgramsDatabaseIsRejected(change: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        do { try Ledger(path: path).connection.execute(change) }
        let bytes = try directory.bytes(of: "jobs.sqlite")
        #expect(ledgerError { _ = try Ledger(path: path) }?.code == .cannotOpen)
        #expect(try directory.bytes(of: "jobs.sqlite") == bytes)
    }

    @Test func otherFilesAreRejected() throws {
        let directory = try TemporaryDirectory()
        let bytes = Array("This is a letter and no database. ".utf8) + Array(repeating: 0x20, count: 5_000)
        let path = try directory.write(bytes, to: "letter")
        #expect(ledgerError { _ = try Ledger(path: path) }?.code == .damaged)
        #expect(try directory.bytes(of: "letter") == bytes)
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
        for path in [directory.path, directory.file("pipe"), "/dev/zero"] {
            let error = ledgerError { _ = try Ledger(path: path) }
            #expect(error?.code == .cannotOpen)
            #expect(error?.path == path)
        }
    }

    @Test func foldersThatCannotBeCreatedAreReported() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write([1], to: "file")
        let inFile = ledgerError { _ = try Ledger(path: file + "/jobs.sqlite") }
        #expect(inFile?.code == .cannotOpen)
        // Nobody can create folders here, not even root.
        let inSystem = ledgerError { _ = try Ledger(path: "/sys/saliencyd/jobs.sqlite") }
        #expect(inSystem?.code == .unwritable)
        #expect(inSystem?.description.contains("/sys/saliencyd") == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func unwritableFilesAreRejected() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.sqlite")
        do { _ = try Ledger(path: path).admit(.numbered(0)) }
        #expect(chmod(path, 0o400) == 0)
        #expect(ledgerError { _ = try Ledger(path: path) }?.code == .unwritable)
        #expect(chmod(path, 0o600) == 0)
        #expect(chmod(directory.path, 0o500) == 0)
        defer { chmod(directory.path, 0o700) }
        #expect(ledgerError { _ = try Ledger(path: directory.file("other.sqlite")) }?.code == .unwritable)
        let withoutLog = ledgerError { _ = try Ledger(path: path) }
        #expect(withoutLog?.code == .unwritable || withoutLog?.code == .cannotOpen)
    }
}
