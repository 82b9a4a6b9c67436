import Glibc

/// Positional reads from a descriptor.
enum FileReading {
    /// - Throws: `FileError.Code.truncated` if the file ends before the buffer is full.
    static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, _ path: String
    ) throws(FileError) {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw FileError(.cannotOpen, path, "cannot be read", systemError: errno)
            }
            guard count > 0 else {
                throw FileError(.truncated, path, "was cut short while it was read")
            }
            done += count
        }
    }
}

/// An open regular file, read by position.
///
/// The file is not mapped into memory, so truncation by another process causes an error instead of a signal. Each read
/// states its position, so any number of threads may read at once.
public final class ReadableFile: ReadableBytes {
    public let path: String
    /// The size in bytes at the time of opening.
    public let size: Int
    private let descriptor: Int32

    /// - Throws: `FileError.Code.cannotOpen`, also for a directory, a pipe or a device.
    public convenience init(_ path: String) throws(FileError) {
        // O_NONBLOCK: opening a pipe without a writer must not block; the flag has no effect on regular files.
        let descriptor = open(path.fileBytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileError(.cannotOpen, path, "cannot be opened", systemError: errno)
        }
        try self.init(path, descriptor: descriptor)
    }

    /// Takes ownership of an open descriptor, which is closed if this throws.
    ///
    /// - Parameter owner: the user who must own the file; nil for any.
    init(_ path: String, descriptor: Int32, owner: uid_t? = nil) throws(FileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(.cannotOpen, path, "is not a regular file")
        }
        if let owner, owner != status.st_uid {
            close(descriptor)
            throw FileError(.cannotOpen, path, "belongs to user \(status.st_uid), not to the daemon's, \(owner)")
        }
        self.path = path
        self.size = status.st_size
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    public func readChecked(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        try FileReading.fill(buffer, from: descriptor, at: offset, path)
    }
}

extension ReadableFile {
    /// `O_PATH` of <fcntl.h>, which Swift does not import: folders on the path need not be readable.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Opens a file of this process's user below a folder in which other users may write too.
    ///
    /// Links below `folder` are not followed: another user could have put one in the file's place, and its target would
    /// be read with this process's permissions. Links in the path of `folder` itself are followed, since only its
    /// administrator can create them.
    ///
    /// - Parameter path: begins with `folder` and a slash.
    /// - Throws: `FileError.Code.cannotOpen`, also if it is not a regular file or belongs to another user.
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
