import Glibc

/// A file that is written during several runs of the program: the bytes that earlier runs appended are kept, and this
/// run continues after them.
///
/// All calls use the descriptor, which appends: any thread may call, but only one at a time.
public final class ResumableFile: Sendable {
    public let path: String
    private let descriptor: Int32

    /// Opens the file, or creates it empty.
    public init(_ path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else {
            throw FileError(.cannotWrite, path, "cannot be created", systemError: errno)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(.cannotWrite, path, "is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The file's current size in bytes.
    public var size: Int {
        get throws(FileError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw FileError(.cannotWrite, path, "cannot be examined", systemError: errno)
            }
            return status.st_size
        }
    }

    /// Appends `bytes`; the bytes written before an error stay in the file.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw FileError(.cannotWrite, path, "cannot be written", systemError: errno)
            }
            done += count
        }
    }

    /// Empties the file.
    public func restart() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0 else {
            throw FileError(.cannotWrite, path, "cannot be emptied", systemError: errno)
        }
    }

    /// Syncs the file and renames it within its folder, replacing a file of that name.
    public func commit(as destination: String) throws(FileError) {
        guard fsync(descriptor) == 0 else {
            throw FileError(.cannotWrite, path, "cannot be synced", systemError: errno)
        }
        guard rename(path, destination) == 0 else {
            throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: errno)
        }
    }
}
