import Glibc

/// Creates the folders for results. Blocks the calling thread.
public enum OutputFolders {
    /// Creates a folder whose parent exists. The sticky bit is set: even if the umask lets others write, they cannot
    /// remove or replace the daemon's files.
    public static func create(_ path: String) throws {
        guard mkdir(path.fileBytes, 0o1777) == 0 || errno == EEXIST else { throw failure(path, "cannot be created") }
    }

    /// Creates `base`, whose parent must exist, and all folders from it to `path`, if `path` lies below it. Links below
    /// `base` are refused, because they could lead anywhere.
    public static func create(_ path: String, below base: String) throws {
        guard path.hasPrefix(base + "/") else { return try create(path) }
        try create(base)
        var inner = base
        for name in path.dropFirst(base.count + 1).split(separator: "/") {
            inner += "/\(name)"
            try create(inner)
            var status = stat()
            guard lstat(inner.fileBytes, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw FileError(.cannotWrite, inner, "is not a folder")
            }
        }
    }

    private static func failure(_ path: String, _ action: String) -> FileError {
        FileError(.cannotWrite, path, action, systemError: errno)
    }
}
