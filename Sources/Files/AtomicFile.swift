import Glibc

/// A file that appears under its name only when it is complete.
///
/// Data is written to a temporary file beside the destination; `commit` syncs that file to disk and renames it. If the
/// value is destroyed without `commit`, its temporary file is deleted.
public struct AtomicFile: ~Copyable {
    public let destination: String
    private let temporary: String
    private let descriptor: Int32
    private let isReplacing: Bool
    private var isCommitted = false

    /// - Parameter isReplacing: whether an existing file may be replaced. If not, an existing destination is an error,
    ///   both here and in `commit`, in case one appeared meanwhile.
    public init(_ destination: String, replacing isReplacing: Bool = false) throws(FileError) {
        if !isReplacing && access(destination.fileBytes, F_OK) == 0 {
            throw FileError(.exists, destination, "exists already")
        }
        let temporary = TemporaryName.path(for: destination)
        let descriptor = open(temporary.fileBytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw FileError(.cannotWrite, destination, "cannot be created", systemError: errno)
        }
        self.destination = destination
        self.temporary = temporary
        self.descriptor = descriptor
        self.isReplacing = isReplacing
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(temporary.fileBytes) }
    }

    /// Appends `bytes`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw FileError(.cannotWrite, destination, "cannot be written", systemError: errno)
            }
            done += count
        }
    }

    /// Appends the memory of `values` in the machine's byte order (little-endian).
    public func write<Value: BitwiseCopyable>(_ values: [Value]) throws(FileError) {
        var failure: FileError?
        values.withUnsafeBytes { bytes in
            do throws(FileError) { try write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Appends the contents that `file` had when it was opened.
    public func write(contentsOf file: some ReadableBytes) throws(FileError) {
        let piece = 1 << 20
        for offset in stride(from: 0, to: file.size, by: piece) {
            try write(try file.bytes(at: offset, count: min(piece, file.size - offset)))
        }
    }

    /// Syncs the file to disk and renames it to its destination.
    public consuming func commit() throws(FileError) {
        guard fsync(descriptor) == 0 else {
            throw FileError(.cannotWrite, destination, "cannot be synced", systemError: errno)
        }
        try rename()
        isCommitted = true
        syncDirectory()
    }

    private func rename() throws(FileError) {
        if isReplacing {
            guard Glibc.rename(temporary.fileBytes, destination.fileBytes) == 0 else {
                throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: errno)
            }
            return
        }
        // Creating a hard link fails if the name exists, on every file system that supports links.
        if link(temporary.fileBytes, destination.fileBytes) == 0 {
            unlink(temporary.fileBytes)
        } else if errno == EEXIST {
            throw FileError(.exists, destination, "exists already")
        } else if access(destination.fileBytes, F_OK) == 0 {
            throw FileError(.exists, destination, "exists already")
        } else if Glibc.rename(temporary.fileBytes, destination.fileBytes) != 0 {
            throw FileError(.cannotWrite, destination, "cannot be renamed into place", systemError: errno)
        }
    }

    /// Syncs the folder, so that the name survives a power loss. Errors are ignored: not every file system supports
    /// this, and the file is complete without it.
    private func syncDirectory() {
        let parent = FileName.split(destination).folder
        let directory = open((parent.isEmpty ? "." : parent).fileBytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
