internal import GRDB

/// The connection to the ledger's file; calls are serialised.
final class LedgerConnection: Sendable {
    private let path: String
    private let queue: DatabaseQueue

    init(path: String) throws(LedgerError) {
        let file = try LedgerFile.prepare(path)
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            // The file may be malicious: SQLite checks its pages closely and runs none of its functions.
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        self.path = path
        queue = try Self.translated(path) { try DatabaseQueue(path: file, configuration: configuration) }
        try checkOwner()
        try checkPages()
        try setUpLog()
        try migrate()
    }

    /// Runs `body` in a transaction with a consistent view of the file.
    func read<Value>(_ body: (JobTable) throws -> Value) throws(LedgerError) -> Value {
        try Self.translated(path) { try queue.read { try body(JobTable(database: $0, path: path)) } }
    }

    /// Runs `body` in a transaction that is on the disk when this returns; if it throws, nothing has changed.
    func write<Value>(_ body: (JobTable) throws -> Value) throws(LedgerError) -> Value {
        try Self.translated(path) { try queue.write { try body(JobTable(database: $0, path: path)) } }
    }

    /// Runs a statement outside of any transaction.
    func execute(_ sql: String) throws(LedgerError) {
        try Self.translated(path) { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }
    }

    /// Only reads, so that a rejected file is not changed.
    private func checkOwner() throws(LedgerError) {
        try Self.translated(path) {
            try queue.read { database in
                let owner = try Int64.fetchOne(database, sql: "PRAGMA application_id")
                let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                let isEmpty = try Int64.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") == 0
                guard owner == LedgerSchema.applicationID || isEmpty && owner == 0 && version == 0 else {
                    throw LedgerError(.cannotOpen, path, "is another program's database; choose another path")
                }
                guard (0...LedgerSchema.version).contains(version) else {
                    throw LedgerError(
                        .newer, path,
                        "has format \(version), and this version reads up to \(LedgerSchema.version); "
                            + "start the newer version that wrote it, or move it away")
                }
            }
        }
    }

    /// A file of up to this many pages of 4 KiB is checked completely before it is used, which takes about 20 ms.
    /// Checking a larger one would delay the start; `Ledger.checkIfLarge` does it in parallel.
    static let pagesCheckedAtOpening = 4096

    /// Checks every page, index and constraint, unless the file is large.
    private func checkPages() throws(LedgerError) {
        try Self.translated(path) {
            try queue.read { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                guard pages <= Self.pagesCheckedAtOpening else { return }
                try Self.checkPages(database, path)
            }
        }
    }

    /// Whether the file was too large for `init` to check its pages.
    func isLarge() throws(LedgerError) -> Bool {
        try Self.translated(path) {
            try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 } > Self.pagesCheckedAtOpening
        }
    }

    /// Checks every page, index and constraint on a separate connection, so that the ledger can be used meanwhile.
    /// Writes nothing, but does not open the file read-only, because SQLite 3.40 then skips constraints.
    static func checkPages(of path: String) throws(LedgerError) {
        try translated(path) {
            var configuration = Configuration()
            configuration.label = "ledger check"
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
            }
            let queue = try DatabaseQueue(path: try LedgerFile.plainPath(path), configuration: configuration)
            try queue.read { try checkPages($0, path) }
        }
    }

    private static func checkPages(_ database: Database, _ path: String) throws {
        let finding = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
        guard finding == "ok" else {
            throw LedgerError(.damaged, path, LedgerError.damage(clause(finding)))
        }
    }

    /// The finding of SQLite's check, without the line that names the database.
    private static func clause(_ finding: String?) -> String {
        finding?.split(separator: "\n").last.map(String.init) ?? "its check gave no result"
    }

    /// Uses a write-ahead log, so that readers in other processes do not block the daemon. `FULL` syncs it at every
    /// commit.
    private func setUpLog() throws(LedgerError) {
        try Self.translated(path) {
            try queue.writeWithoutTransaction { database in
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw LedgerError(
                        .unwritable, path,
                        "its file system or permissions allow no write-ahead log; choose another path")
                }
                // With pages of 4 KiB the log is moved into the file at 1 MiB, and truncated to 4 MiB if a reader
                // delayed that.
                try database.execute(
                    sql: """
                        PRAGMA synchronous = FULL;
                        PRAGMA wal_autocheckpoint = 256;
                        PRAGMA journal_size_limit = 4194304
                        """)
            }
        }
    }

    /// Holds the write lock, so that only one of several processes that open a new file creates the tables.
    private func migrate() throws(LedgerError) {
        try Self.translated(path) {
            try queue.write { database in
                let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                guard (0..<LedgerSchema.migrations.count).contains(version) else { return }
                for migration in LedgerSchema.migrations[version...] { try database.execute(sql: migration) }
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(LedgerSchema.applicationID);
                        PRAGMA user_version = \(LedgerSchema.version)
                        """)
            }
        }
    }

    private static func translated<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
        do {
            return try body()
        } catch let error as LedgerError {
            throw error
        } catch let error as DatabaseError {
            throw LedgerError(error, path)
        } catch {
            throw LedgerError(.unwritable, path, "cannot be used: \(error)")
        }
    }
}
