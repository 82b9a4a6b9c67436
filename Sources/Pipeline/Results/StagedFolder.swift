import Files
import FoundationEssentials
import Glibc
import Media

/// A folder of results that appears under its name when all its files are complete.
///
/// Files are written into a temporary folder beside it, which is deleted if it is not committed.
struct StagedFolder: ~Copyable {
    private let path: String
    private let destination: String
    private let isReplacing: Bool

    /// Refuses a destination that is a file, or a non-empty folder unless `isReplacing`.
    static func check(_ destination: String, isReplacing: Bool) throws(FileError) {
        let plain = URL(fileURLWithPath: destination).path
        try OutputPath.checkLength(of: plain)
        guard access(destination.fileBytes, F_OK) == 0 else { return try OutputPath.checkFolder(of: plain) }
        guard FileName.isFolder(destination) else {
            throw FileError(.exists, destination, "exists already and is not a folder")
        }
        let entries = FileName.entries(of: destination) ?? []
        guard entries.isEmpty || isReplacing else {
            throw FileError(.exists, destination, "is not empty; --force replaces files in it")
        }
    }

    init(_ destination: String, isReplacing: Bool) throws(FileError) {
        try Self.check(destination, isReplacing: isReplacing)
        let path = TemporaryName.path(for: URL(fileURLWithPath: destination).path)
        guard mkdir(path.fileBytes, 0o777) == 0 else {
            throw FileError(.cannotWrite, destination, "cannot be created", systemError: errno)
        }
        self.path = path
        self.destination = destination
        self.isReplacing = isReplacing
    }

    deinit {
        // After a commit the temporary folder is empty or has been renamed.
        for name in FileName.entries(of: path) ?? [] { unlink("\(path)/\(name)".fileBytes) }
        rmdir(path.fileBytes)
    }

    /// Writes files into the folder; errors contain the final path of the file.
    ///
    /// - Throws: what `body` throws.
    func write(_ body: (_ path: (String) -> String) throws -> Void) throws {
        do {
            try body { "\(path)/\($0)" }
        } catch var error as MediaError {
            if let file = error.file { error.file = finalPath(file) }
            throw error
        } catch var error as FileError {
            error.path = finalPath(error.path)
            throw error
        }
    }

    private func finalPath(_ file: String) -> String {
        file.hasPrefix(path) ? destination + file.dropFirst(path.count) : file
    }

    /// Renames the folder to its destination, or moves its files into an existing folder of that name.
    consuming func commit() throws(FileError) {
        // rename() replaces an existing empty folder, and fails for one with files.
        if rename(path.fileBytes, destination.fileBytes) == 0 { return }
        guard isReplacing, errno == ENOTEMPTY || errno == EEXIST else {
            throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: errno)
        }
        let names = FileName.entries(of: path) ?? []
        for name in names.sorted() where rename("\(path)/\(name)".fileBytes, "\(destination)/\(name)".fileBytes) != 0 {
            throw FileError(.cannotWrite, "\(destination)/\(name)", "cannot be replaced", systemError: errno)
        }
    }
}
