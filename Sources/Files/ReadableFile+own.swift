import Glibc

extension ReadableFile {
    /// `O_PATH` of <fcntl.h>, which Swift does not import: a folder that is passed through need not be readable.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Opens a file that this process's user wrote below a folder in which others may write too.
    ///
    /// Links below `folder` are not followed: whoever may write there could have put one in the file's place, and it would
    /// be read with this process's rights. Links on the way to `folder` are its administrator's.
    ///
    /// - Parameter path: begins with `folder` and a slash.
    /// - Throws: `FileError.Code.cannotOpen`, also for what is no regular file, or another user's.
    public convenience init(own path: String, below folder: String) throws(FileError) {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        let names = path.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard path.hasPrefix(base), let last = names.last, !names.contains(where: { ["", ".", ".."].contains($0) })
        else {
            throw FileError(.cannotOpen, path, "does not lie below \(folder)")
        }
        var directory = open(base.fileBytes, Self.pathOnly | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { close(directory) } }
        for name in names.dropLast() where directory >= 0 {
            let next = openat(directory, name.fileBytes, Self.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let failure = errno
            close(directory)
            directory = next
            errno = failure
        }
        guard directory >= 0 else {
            throw FileError(.cannotOpen, path, "its folder cannot be opened", systemError: errno)
        }
        let descriptor = openat(directory, last.fileBytes, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno != ELOOP else { throw FileError(.cannotOpen, path, "is a link, which is not followed here") }
            throw FileError(.cannotOpen, path, "cannot be opened", systemError: errno)
        }
        try self.init(path, descriptor: descriptor, owner: geteuid())
    }
}
