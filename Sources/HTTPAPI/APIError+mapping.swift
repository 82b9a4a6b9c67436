import Files
import HTTPTypes
import Jobs
import NIOCore
import NIOHTTP1

extension APIError {
    /// Converts any error for a client, without internal details of the daemon other than files that the client asked
    /// for.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as LedgerError: self.init(error)
        case let error as UploadError: self.init(error)
        case let error as FileError where error.code == .exists:
            self = .conflict("\(error.description).")
        case let error as FileError:
            self = .init(.internalServerError, "file", "\(error.description).")
        case HTTPParserError.headerOverflow:
            self = .init(.requestHeaderFieldsTooLarge, "headers_too_large", "The request's headers are too long.")
        case is HTTPParserError:
            self = .badRequest("The HTTP request is malformed or incomplete.")
        case is NIOTooManyBytesError:
            self = .tooLarge("The body is longer than this request may have.")
        case is CancellationError:
            self = .unavailable("The daemon is shutting down.")
        default:
            self = .init(.internalServerError, "internal", "The daemon failed; its log says why.")
        }
    }

    private init(_ error: LedgerError) {
        switch error.code {
        case .notFound: self = .notFound(Self.sentence(error.reason))
        case .wrongState: self = .conflict(Self.sentence(error.reason))
        case .full, .unwritable, .cannotOpen, .newer, .damaged:
            self = .unavailable("The ledger \(error.reason).")
        }
    }

    private init(_ error: UploadError) {
        switch error.kind {
        case .nameTaken: self = .conflict("\(error.description).")
        case .diskFull:
            self = .init(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), "disk_full",
                "\(error.description).")
        case .folder: self = .unavailable("\(error.description).")
        }
    }

    /// "there is no job 3" → "There is no job 3."
    private static func sentence(_ clause: String) -> String {
        clause.prefix(1).uppercased() + clause.dropFirst() + "."
    }
}
