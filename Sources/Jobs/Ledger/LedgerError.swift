internal import CSQLite

/// An error of the ledger.
public struct LedgerError: Error, Sendable, Equatable {
    /// The kind of failure; programs use it, never the text.
    public enum Code: String, Sendable {
        /// The file cannot be opened or created, or belongs to another program.
        case cannotOpen
        /// A newer saliencyd wrote the file, which was not changed.
        case newer
        /// The file is not a ledger, or is damaged.
        case damaged
        /// The disk is full. Nothing was changed; reading still works.
        case full
        /// The file cannot be written for another reason: permissions, a failing disk, a lock held by another process.
        case unwritable
        /// No job has this number.
        case notFound
        /// The job's state does not allow the request.
        case wrongState
    }

    public var code: Code
    /// The ledger's file.
    public var path: String
    /// SQLite's extended result code, if SQLite is the cause.
    public var underlyingCode: Int32?
    /// One clause without a full stop.
    public var reason: String

    init(_ code: Code, _ path: String, _ reason: String, underlyingCode: Int32? = nil) {
        self.code = code
        self.path = path
        self.reason = reason
        self.underlyingCode = underlyingCode
    }
}

extension LedgerError: CustomStringConvertible {
    public var description: String { "\(path): \(reason)" }
}

extension LedgerError {
    static func notFound(_ id: Job.ID, _ path: String) -> LedgerError {
        LedgerError(.notFound, path, "there is no job \(id)")
    }

    static func wrongState(_ job: Job, _ transition: JobTransition, _ path: String) -> LedgerError {
        if job.state == transition.target {
            return LedgerError(.wrongState, path, "job \(job.id) is \(job.state.rawValue) already")
        }
        let origins = transition.origins.map(\.rawValue).joined(separator: ", ")
        return LedgerError(
            .wrongState, path,
            "job \(job.id) is \(job.state.rawValue) and cannot become \(transition.target.rawValue); "
                + "that takes a job that is \(origins)")
    }
}

extension LedgerError {
    /// Converts an error of SQLite.
    init(_ error: SQLiteError, _ path: String) {
        let detail = error.message
        let (code, reason): (Code, String) =
            switch error.code {
            case SQLITE_FULL:
                (.full, "cannot grow, the disk is full; make room and try again")
            case SQLITE_CANTOPEN:
                (.cannotOpen, "cannot be opened (\(detail)); check the path and its permissions")
            // The ledger's statements are constant and match its tables; if SQLite rejects one, the tables are
            // different.
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_CONSTRAINT, SQLITE_MISMATCH,
                SQLITE_FORMAT:
                (.damaged, Self.damage(detail))
            case SQLITE_BUSY, SQLITE_LOCKED:
                (.unwritable, "another process holds it (\(detail)); end that process or try again")
            default:
                (.unwritable, "cannot be read or written (\(detail)); check its permissions and its disk")
            }
        self.init(code, path, reason, underlyingCode: error.extendedCode)
    }

    /// - Parameter detail: a short description of the damage.
    static func damage(_ detail: String) -> String {
        "is damaged or no ledger (\(detail)); move it away or put a copy back"
    }
}
