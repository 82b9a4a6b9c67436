internal import CSQLite

/// What the ledger could not do, and why.
public struct LedgerError: Error, Sendable, Equatable {
    /// The kind of failure; callers decide by it, never by the text.
    public enum Code: String, Sendable {
        /// The file cannot be opened or created, or is another program's.
        case cannotOpen
        /// A newer saliencyd wrote the file; it was left as it is.
        case newer
        /// The file is no ledger, or parts of it are wrong.
        case damaged
        /// The disk is full. Nothing was changed, and reading still works.
        case full
        /// The file cannot be written for another reason: permission, a failing disk, another process that holds it.
        case unwritable
        /// There is no job of this number.
        case notFound
        /// The job is in a state that does not allow what was asked.
        case wrongState
    }

    public var code: Code
    /// The ledger's file.
    public var path: String
    /// SQLite's extended result code, where SQLite is the cause.
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
    /// SQLite's refusal in the ledger's terms.
    init(_ error: SQLiteError, _ path: String) {
        let words = error.message
        let (code, reason): (Code, String) =
            switch error.code {
            case SQLITE_FULL:
                (.full, "cannot grow, the disk is full; make room and try again")
            case SQLITE_CANTOPEN:
                (.cannotOpen, "cannot be opened (\(words)); check the path and its permissions")
            // The ledger's statements are constant and fit its tables; one that SQLite rejects meets other tables.
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_CONSTRAINT, SQLITE_MISMATCH,
                SQLITE_FORMAT:
                (.damaged, Self.damage(words))
            case SQLITE_BUSY, SQLITE_LOCKED:
                (.unwritable, "another process holds it (\(words)); end that process or try again")
            default:
                (.unwritable, "cannot be read or written (\(words)); check its permissions and its disk")
            }
        self.init(code, path, reason, underlyingCode: error.extendedCode)
    }

    /// - Parameter words: what is wrong, in a few words.
    static func damage(_ words: String) -> String {
        "is damaged or no ledger (\(words)); move it away or put a copy back"
    }
}
