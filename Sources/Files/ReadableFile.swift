import Glibc

/// Reads by position from a descriptor.
enum FileReading {
    /// - Throws: `FileError.Code.truncated` where the file ends before the buffer is full.
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
/// Not mapped into memory: a file that another process cuts short then ends in an error instead of a signal. Reads carry
/// their position with them, so any number of threads may read at once.
public final class ReadableFile: ReadableBytes {
    public let path: String
    /// In bytes, when the file was opened.
    public let size: Int
    private let descriptor: Int32

    /// - Throws: `FileError.Code.cannotOpen`, also for a directory, a pipe or a device.
    public convenience init(_ path: String) throws(FileError) {
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait; regular files do not know the flag.
        let descriptor = open(path.fileBytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileError(.cannotOpen, path, "cannot be opened", systemError: errno)
        }
        try self.init(path, descriptor: descriptor)
    }

    /// Takes over an open descriptor, which is closed here if this throws.
    ///
    /// - Parameter owner: the user that the file has to belong to; nil for any.
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
    /// `O_PATH` of <fcntl.h>, which Swift does not import: a folder that is passed through need not be readable.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Opens a file that this process's user wrote below a folder in which others may write too.
    ///
    /// Links below `folder` are not followed: whoever may write there could have put one in the file's place, and it would
    /// be read with this process's rights. Links on the way to `folder` are its administrator's.
    ///
    /// - Parameter path: begins with `folder` and a slash.
    /// - Throws: `FileError.Code.cannotOpen`, also for what is not a regular file, or another user's.
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
