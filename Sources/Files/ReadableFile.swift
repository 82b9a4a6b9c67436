import Glibc

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
            throw FileError(.cannotOpen, path, "is no regular file")
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
