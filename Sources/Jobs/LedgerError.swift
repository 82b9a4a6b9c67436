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
