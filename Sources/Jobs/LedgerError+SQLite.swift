internal import GRDB

extension LedgerError {
    /// SQLite's refusal in the ledger's terms.
    init(_ error: DatabaseError, _ path: String) {
        let words = error.message ?? error.extendedResultCode.description
        let (code, reason): (Code, String) =
            switch error.resultCode {
            case .SQLITE_FULL:
                (.full, "cannot grow, the disk is full; make room and try again")
            case .SQLITE_CANTOPEN:
                (.cannotOpen, "cannot be opened (\(words)); check the path and its permissions")
            // The ledger's statements are constant and fit its tables; one that SQLite rejects meets other tables.
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH,
                .SQLITE_FORMAT:
                (.damaged, Self.damage(words))
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.unwritable, "another process holds it (\(words)); end that process or try again")
            default:
                (.unwritable, "cannot be read or written (\(words)); check its permissions and its disk")
            }
        self.init(code, path, reason, underlyingCode: error.extendedResultCode.rawValue)
    }

    /// - Parameter words: what is wrong, in a few words.
    static func damage(_ words: String) -> String {
        "is damaged or no ledger (\(words)); move it away or put a copy back"
    }
}
