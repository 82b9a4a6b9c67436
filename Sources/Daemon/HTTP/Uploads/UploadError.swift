import Glibc

/// Why an uploaded file could not be kept.
struct UploadError: Error, Sendable, Equatable {
    enum Kind: Sendable {
        case nameTaken
        case diskFull
        /// The folder is gone, or may not be written.
        case folder
    }

    var kind: Kind
    var path: String
    /// One clause without a full stop.
    var reason: String

    init(_ kind: Kind, _ path: String, _ reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// - Parameter systemError: an `errno` value.
    init(_ path: String, _ action: String, systemError: Int32) {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(systemError)
        self.init(isFull ? .diskFull : .folder, path, "\(action): \(String(cString: strerror(systemError)))")
    }
}

extension UploadError: CustomStringConvertible {
    var description: String { "\(path): \(reason)" }
}
