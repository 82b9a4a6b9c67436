internal import CSQLite

/// A connection to one SQLite file, closed with its last reference. Only one thread at a time may use it.
final class SQLiteDatabase {
    /// The kind of a transaction.
    enum Transaction: String {
        /// It reads the file as it was at the beginning and changes nothing; other connections may write.
        case reading = "BEGIN DEFERRED TRANSACTION"
        /// No other connection may write until it ends.
        case writing = "BEGIN IMMEDIATE TRANSACTION"
    }

    let handle: OpaquePointer
    private var prepared: [String: SQLiteStatement] = [:]

    /// Opens the file, or creates it.
    ///
    /// - Parameter timeout: the maximum wait for a lock of another process, in milliseconds.
    init(path: String, timeout: Int32) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw SQLiteError(extendedCode: code, message: String(cString: sqlite3_errstr(code)))
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, timeout)
        saliency_sqlite_refuse_quoted_text(handle)
    }

    deinit {
        // If statements are still referenced elsewhere, SQLite closes the file with the last of them.
        prepared.removeAll()
        sqlite3_close_v2(handle)
    }

    /// The number of the row that was inserted last.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Runs all statements of a text, which have no arguments, and discards their rows.
    func execute(_ sql: String) throws(SQLiteError) {
        var rest = sql[...]
        while let (statement, next) = try SQLiteStatement.first(of: rest, self) {
            _ = try statement.rows([], self)
            rest = next
        }
    }

    /// Runs one statement; its compiled form is cached by its text.
    ///
    /// - Returns: all rows.
    @discardableResult func run(
        _ sql: String, _ arguments: [any SQLiteBindable] = []
    ) throws(SQLiteError) -> [SQLiteRow] {
        if let statement = prepared[sql] { return try statement.rows(arguments, self) }
        guard let (statement, _) = try SQLiteStatement.first(of: sql[...], self) else { return [] }
        prepared[sql] = statement
        return try statement.rows(arguments, self)
    }

    /// The first value of the first row; nil without rows, and for NULL.
    func integer(_ sql: String, _ arguments: [any SQLiteBindable] = []) throws(SQLiteError) -> Int64? {
        try run(sql, arguments).first?.values.first?.integer
    }

    /// The first value of the first row; nil without rows, and for NULL.
    func text(_ sql: String, _ arguments: [any SQLiteBindable] = []) throws(SQLiteError) -> String? {
        try run(sql, arguments).first?.values.first?.text
    }

    /// Runs `body` in a transaction; if it throws, nothing has changed.
    func transaction<Value>(_ kind: Transaction, _ body: () throws -> Value) throws -> Value {
        if kind == .reading { try run("PRAGMA query_only = ON") }
        defer { if kind == .reading { _ = try? run("PRAGMA query_only = OFF") } }
        try run(kind.rawValue)
        do {
            let value = try body()
            try run("COMMIT TRANSACTION")
            return value
        } catch {
            // After some failures, such as a full disk, SQLite itself has already rolled back.
            if sqlite3_get_autocommit(handle) == 0 { _ = try? run("ROLLBACK TRANSACTION") }
            throw error
        }
    }

    /// The error of the previous call.
    func failure(_ code: Int32) -> SQLiteError {
        SQLiteError(extendedCode: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}

/// An error of SQLite.
struct SQLiteError: Error {
    /// SQLite's extended result code: https://www.sqlite.org/rescode.html.
    let extendedCode: Int32
    /// SQLite's message.
    let message: String

    var code: Int32 { extendedCode & 0xFF }
}
