import Files
import FoundationEssentials
import Glibc
import Media

/// A folder of results that appears under its name when everything in it is complete.
///
/// Files are written into a temporary folder beside it; one that dies uncommitted takes its files with it.
struct StagedFolder: ~Copyable {
    private let path: String
    private let destination: String
    private let isReplacing: Bool

    /// Refuses a destination that is a file, or a folder with something in it unless `isReplacing`.
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
        let path = StagedName.path(for: URL(fileURLWithPath: destination).path)
        guard mkdir(path.fileBytes, 0o777) == 0 else {
            throw FileError(.cannotWrite, destination, "cannot be created", systemError: errno)
        }
        self.path = path
        self.destination = destination
        self.isReplacing = isReplacing
    }

    deinit {
        // Nothing is left of it after a commit.
        for name in FileName.entries(of: path) ?? [] { unlink("\(path)/\(name)".fileBytes) }
        rmdir(path.fileBytes)
    }

    /// Writes into the folder; what fails names the place where the file would have come to lie.
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

    /// Gives the folder its name, or moves its files into the folder that has it.
    consuming func commit() throws(FileError) {
        // An empty folder in the way is replaced; one with files in it is kept, and this fails.
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
