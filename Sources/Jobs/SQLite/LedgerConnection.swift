import Synchronization

/// The connection to the ledger's file; calls are serialised.
// Unchecked: the connection is used under `lock` only.
final class LedgerConnection: @unchecked Sendable {
    private let path: String
    private let lock = Mutex(())
    private let database: SQLiteDatabase

    init(path: String) throws(LedgerError) {
        let file = try LedgerFile.prepare(path)
        self.path = path
        database = try Self.translated(path) { try Self.opened(file, timeout: 5000) }
        try checkOwner()
        try checkPages()
        try setUpLog()
        try migrate()
    }

    private static func opened(_ file: String, timeout: Int32) throws(SQLiteError) -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: file, timeout: timeout)
        // The file may be malicious: SQLite checks its pages closely and runs none of its functions.
        try database.execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        // A file that is not a database is recognised by the first read.
        try database.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        return database
    }

    /// Runs `body` in a transaction with a consistent view of the file.
    func read<Value>(_ body: (JobTable) throws -> Value) throws(LedgerError) -> Value {
        try locked { try $0.transaction(.reading) { try body(JobTable(database: database, path: path)) } }
    }

    /// Runs `body` in a transaction that is on the disk when this returns; if it throws, nothing has changed.
    func write<Value>(_ body: (JobTable) throws -> Value) throws(LedgerError) -> Value {
        try locked { try $0.transaction(.writing) { try body(JobTable(database: database, path: path)) } }
    }

    /// Runs a statement outside of any transaction.
    func execute(_ sql: String) throws(LedgerError) {
        try locked { try $0.execute(sql) }
    }

    /// Only reads, so that a rejected file is not changed.
    private func checkOwner() throws(LedgerError) {
        try locked { database in
            try database.transaction(.reading) {
                let owner = try database.integer("PRAGMA application_id")
                let version = try database.integer("PRAGMA user_version") ?? 0
                let isEmpty = try database.integer("SELECT COUNT(*) FROM sqlite_master") == 0
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
        try locked { database in
            try database.transaction(.reading) {
                let pages = try database.integer("PRAGMA page_count") ?? 0
                guard pages <= Self.pagesCheckedAtOpening else { return }
                try Self.checkPages(database, path)
            }
        }
    }

    /// Whether the file was too large for `init` to check its pages.
    func isLarge() throws(LedgerError) -> Bool {
        try locked { try $0.integer("PRAGMA page_count") ?? 0 } > Self.pagesCheckedAtOpening
    }

    /// Checks every page, index and constraint on a separate connection, so that the ledger can be used meanwhile.
    /// Writes nothing, but does not open the file read-only, because SQLite 3.40 then skips constraints.
    static func checkPages(of path: String) throws(LedgerError) {
        try translated(path) {
            let database = try opened(try LedgerFile.plainPath(path), timeout: 0)
            try database.transaction(.reading) { try checkPages(database, path) }
        }
    }

    private static func checkPages(_ database: SQLiteDatabase, _ path: String) throws {
        let finding = try database.text("PRAGMA integrity_check(1)")
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
        try locked { database in
            guard try database.text("PRAGMA journal_mode = WAL") == "wal" else {
                throw LedgerError(
                    .unwritable, path, "its file system or permissions allow no write-ahead log; choose another path")
            }
            // With pages of 4 KiB the log is moved into the file at 1 MiB, and truncated to 4 MiB if a reader delayed that.
            try database.execute(
                """
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 256;
                PRAGMA journal_size_limit = 4194304
                """)
        }
    }

    /// Holds the write lock, so that only one of several processes that open a new file creates the tables.
    private func migrate() throws(LedgerError) {
        try locked { database in
            try database.transaction(.writing) {
                let version = Int(try database.integer("PRAGMA user_version") ?? 0)
                guard (0..<LedgerSchema.migrations.count).contains(version) else { return }
                for migration in LedgerSchema.migrations[version...] { try database.execute(migration) }
                try database.execute(
                    """
                    PRAGMA application_id = \(LedgerSchema.applicationID);
                    PRAGMA user_version = \(LedgerSchema.version)
                    """)
            }
        }
    }

    private func locked<Value>(_ body: (SQLiteDatabase) throws -> Value) throws(LedgerError) -> Value {
        var result: Result<Value, LedgerError>?
        lock.withLock { _ in
            result = Result { () throws(LedgerError) in try Self.translated(path) { try body(database) } }
        }
        guard let result else { throw LedgerError(.unwritable, path, "cannot be used") }
        return try result.get()
    }

    private static func translated<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
        do {
            return try body()
        } catch let error as LedgerError {
            throw error
        } catch let error as SQLiteError {
            throw LedgerError(error, path)
        } catch {
            throw LedgerError(.unwritable, path, "cannot be used: \(error)")
        }
    }
}
