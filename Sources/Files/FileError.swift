import Glibc

/// An error of the file system. Each calling module converts it to its own error type and adds context.
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
    /// The `errno` value if the system is the cause; `reason` then contains the system's message.
    public var systemError: Int32?

    public init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// An error whose reason ends with the system's message for `systemError`, an `errno` value.
    public init(_ code: Code, _ path: String, _ action: String, systemError: Int32) {
        self.init(code, path, "\(action): \(String(cString: strerror(systemError)))")
        self.systemError = systemError
    }
}

extension FileError: CustomStringConvertible {
    public var description: String { "\(path): \(reason)" }
}
