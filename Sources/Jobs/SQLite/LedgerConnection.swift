internal import GRDB

/// The one connection to the ledger's file; calls wait for each other.
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
            // The file may have been made to do harm: SQLite checks its pages closely and runs none of its functions.
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        self.path = path
        queue = try Self.translated(path) { try DatabaseQueue(path: file, configuration: configuration) }
        try checkOwner()
        try checkPages()
        try setUpLog()
        try migrate()
    }

    /// Runs `body` in a transaction that sees one state of the file.
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

    /// Reads only: a file that is refused here stays as it is.
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

    /// Pages of 4 KiB up to which the whole file is checked before it is used: some 20 ms. The check of a larger one would hold
    /// up the start; `Ledger.checkIfLarge` makes it beside.
    static let pagesCheckedAtOpening = 4096

    /// Every page, index and constraint of a file that is not large.
    private func checkPages() throws(LedgerError) {
        try Self.translated(path) {
            try queue.read { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                guard pages <= Self.pagesCheckedAtOpening else { return }
                try Self.checkPages(database, path)
            }
        }
    }

    /// Whether `init` left the check of the pages to others.
    func isLarge() throws(LedgerError) -> Bool {
        try Self.translated(path) {
            try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 } > Self.pagesCheckedAtOpening
        }
    }

    /// Every page, index and constraint, on a connection of its own: the ledger is used meanwhile. Nothing is written, but the file is
    /// not opened for reading only, since SQLite 3.40 then passes over constraints.
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

    /// What SQLite's check found, without the line that names the database.
    private static func clause(_ finding: String?) -> String {
        finding?.split(separator: "\n").last.map(String.init) ?? "its check says nothing"
    }

    /// A write-ahead log: readers in other processes do not hold up the daemon. `FULL` syncs it at every commit.
    private func setUpLog() throws(LedgerError) {
        try Self.translated(path) {
            try queue.writeWithoutTransaction { database in
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw LedgerError(
                        .unwritable, path,
                        "its file system or permissions allow no write-ahead log; choose another path")
                }
                // Pages of 4 KiB: the log goes into the file at 1 MiB, and is cut back to 4 MiB if a reader delayed that.
                try database.execute(
                    sql: """
                        PRAGMA synchronous = FULL;
                        PRAGMA wal_autocheckpoint = 256;
                        PRAGMA journal_size_limit = 4194304
                        """)
            }
        }
    }

    /// Under the write lock, so that of several processes that open a new file one makes the tables.
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
