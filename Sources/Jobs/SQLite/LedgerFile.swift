import Glibc

/// Prepares the ledger's file before SQLite opens it.
enum LedgerFile {
    /// Creates missing folders, and an empty file that only its owner may read or write. SQLite gives its log the same
    /// permissions.
    ///
    /// - Returns: the path for SQLite.
    static func prepare(_ path: String) throws(LedgerError) -> String {
        let plain = try plainPath(path)
        var status = stat()
        if stat(plain, &status) == 0 {
            // An existing file is not opened here, because closing it would release the locks that SQLite holds on it
            // elsewhere in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw LedgerError(.cannotOpen, path, "is not a regular file")
            }
            // SQLite would open it read-only and fail at the first change.
            guard access(plain, W_OK) == 0 else { throw refusal(path, "cannot be written", errno) }
            return plain
        }
        try createFolder(of: plain, path)
        let descriptor = open(plain, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw refusal(path, "cannot be created", errno)
        }
        return plain
    }

    /// A path to the same file that SQLite does not interpret as a special name such as `:memory:` or `file:`.
    static func plainPath(_ path: String) throws(LedgerError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw LedgerError(.cannotOpen, path, "this is not the path of a file")
        }
        return path.hasPrefix("/") ? path : "./" + path
    }

    private static func createFolder(of file: String, _ path: String) throws(LedgerError) {
        for slash in file.indices.dropFirst() where file[slash] == "/" {
            let folder = String(file[..<slash])
            guard mkdir(folder, 0o700) != 0, errno != EEXIST else { continue }
            let failure = errno
            // For an existing folder on a read-only file system, mkdir reports the file system instead of EEXIST.
            guard access(folder, F_OK) != 0 else { continue }
            throw refusal(path, "its folder \(folder) cannot be created", failure)
        }
    }

    private static func refusal(_ path: String, _ action: String, _ systemError: Int32) -> LedgerError {
        let code: LedgerError.Code =
            switch systemError {
            case ENOSPC, EDQUOT: .full
            case EACCES, EPERM, EROFS: .unwritable
            default: .cannotOpen
            }
        return LedgerError(code, path, "\(action): \(String(cString: strerror(systemError)))")
    }
}
