internal import CSQLite

/// A compiled statement, which can be run any number of times.
final class SQLiteStatement {
    private let handle: OpaquePointer
    /// The index of each result column, by name.
    private let columns: [String: Int]

    private init(_ handle: OpaquePointer) {
        self.handle = handle
        let names = (0..<sqlite3_column_count(handle)).map {
            sqlite3_column_name(handle, $0).map { String(cString: $0) }
        }
        columns = Dictionary(names.enumerated().map { ($1 ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    deinit { sqlite3_finalize(handle) }

    /// Compiles the first statement of a text.
    ///
    /// - Returns: the statement and the rest of the text; nil if the text has no statement.
    static func first(
        of sql: Substring, _ database: SQLiteDatabase
    ) throws(SQLiteError) -> (statement: SQLiteStatement, rest: Substring)? {
        var handle: OpaquePointer?
        var rest = sql
        var code = SQLITE_OK
        // Comments and empty statements compile to nothing.
        while code == SQLITE_OK, handle == nil, !rest.isEmpty {
            var text = rest.utf8.map(CChar.init(bitPattern:)) + [0]
            // `end` points after the compiled statement, before the terminating zero.
            let used = text.withUnsafeMutableBufferPointer { buffer -> Int in
                var end: UnsafePointer<CChar>?
                code = sqlite3_prepare_v3(
                    database.handle, buffer.baseAddress, Int32(clamping: buffer.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &end)
                guard let end, let start = buffer.baseAddress else { return 0 }
                return end - UnsafePointer(start)
            }
            guard code == SQLITE_OK, used > 0 else { break }
            rest = rest[rest.utf8.index(rest.startIndex, offsetBy: used)...]
        }
        guard code == SQLITE_OK else { throw database.failure(code) }
        return handle.map { (SQLiteStatement($0), rest) }
    }

    /// Runs the statement to its end.
    ///
    /// - Parameter arguments: one per question mark.
    func rows(_ arguments: [any SQLiteBindable], _ database: SQLiteDatabase) throws(SQLiteError) -> [SQLiteRow] {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard arguments.count == Int(sqlite3_bind_parameter_count(handle)) else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "\(arguments.count) arguments do not fit the statement")
        }
        for (index, argument) in arguments.enumerated() {
            let code = bind(argument.sqliteValue, Int32(index + 1))
            guard code == SQLITE_OK else { throw database.failure(code) }
        }
        var rows: [SQLiteRow] = []
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: rows.append(SQLiteRow(columns: columns, values: columns.isEmpty ? [] : values()))
            case SQLITE_DONE: return rows
            case let code: throw database.failure(code)
            }
        }
    }

    private func bind(_ value: SQLiteValue, _ index: Int32) -> Int32 {
        switch value {
        case .null, .blob: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            // The address of an empty text may be nil, which SQLite would interpret as NULL.
            guard !text.isEmpty else { return saliency_sqlite_bind_text(handle, index, "", 0) }
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    saliency_sqlite_bind_text(handle, index, $0.baseAddress, UInt64($0.count))
                }
            }
        }
    }

    private func values() -> [SQLiteValue] {
        (0..<sqlite3_column_count(handle)).map { index in
            switch sqlite3_column_type(handle, index) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
            case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
            case SQLITE_TEXT:
                // The text must be requested first, because the number of bytes depends on the encoding that was
                // requested.
                let start = sqlite3_column_text(handle, index)
                let count = Int(sqlite3_column_bytes(handle, index))
                return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
            case SQLITE_BLOB: return .blob
            default: return .null
            }
        }
    }
}

/// One row of a result.
struct SQLiteRow {
    fileprivate let columns: [String: Int]
    let values: [SQLiteValue]

    fileprivate init(columns: [String: Int], values: [SQLiteValue]) {
        (self.columns, self.values) = (columns, values)
    }

    /// The value of a column, or `null` for a column that the result does not have.
    subscript(_ column: String) -> SQLiteValue { columns[column].map { values[$0] } ?? .null }
}

/// A value as SQLite stores it.
enum SQLiteValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// Bytes, which the ledger does not use.
    case blob

    var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// A value that can be bound to a question mark of a statement.
protocol SQLiteBindable {
    var sqliteValue: SQLiteValue { get }
}

extension Int: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(Int64(self)) }
}

extension Int64: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(self) }
}

extension Bool: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(self ? 1 : 0) }
}

extension Double: SQLiteBindable {
    var sqliteValue: SQLiteValue { .real(self) }
}

extension String: SQLiteBindable {
    var sqliteValue: SQLiteValue { .text(self) }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
    var sqliteValue: SQLiteValue { self?.sqliteValue ?? .null }
}
