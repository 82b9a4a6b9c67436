import Glibc

/// Why a drop folder cannot be used at the moment.
struct DropFolderError: Error, Sendable, Equatable, CustomStringConvertible {
    var folder: String
    var action: String
    /// An `errno` value.
    var systemError: Int32

    var description: String { "\(folder): \(action): \(String(cString: strerror(systemError)))" }
}
