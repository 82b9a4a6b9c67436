import Glibc

/// What the file system refused. The room that asked turns it into its own error, with what it knows.
public struct FileError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// The file does not exist, may not be read or is not a regular file.
        case cannotOpen
        /// The file ends before the bytes asked for.
        case truncated
        /// The destination exists, and replacing it was not asked for.
        case exists
        /// The destination cannot be created or written: permission, full disk.
        case cannotWrite
    }

    public var code: Code
    /// The file concerned.
    public var path: String
    /// One clause without a full stop.
    public var reason: String
    /// The `errno` value, where the system is the cause; `reason` has its words.
    public var systemError: Int32?

    public init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// With the system's words for `systemError`, an `errno` value.
    public init(_ code: Code, _ path: String, _ action: String, systemError: Int32) {
        self.init(code, path, "\(action): \(String(cString: strerror(systemError)))")
        self.systemError = systemError
    }
}

extension FileError: CustomStringConvertible {
    public var description: String { "\(path): \(reason)" }
}
