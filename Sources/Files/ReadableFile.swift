import Glibc

/// An open regular file, read by position.
///
/// Not mapped into memory: a file that another process cuts short then ends in an error instead of a signal. Reads carry
/// their position with them, so any number of threads may read at once.
public final class ReadableFile: Sendable {
    public let path: String
    /// In bytes, when the file was opened.
    public let size: Int
    private let descriptor: Int32

    /// - Throws: `FileError.Code.cannotOpen`, also for a directory, a pipe or a device.
    public init(_ path: String) throws(FileError) {
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait; regular files do not know the flag.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileError(.cannotOpen, path, "cannot be opened", systemError: errno)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(.cannotOpen, path, "is no regular file")
        }
        self.path = path
        self.size = status.st_size
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// `count` bytes from `offset` on.
    public func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try check(offset, count)
        return try readArray(at: offset, count: count)
    }

    /// `count` little-endian values of a trivial type from byte `offset` on.
    public func values<Value: BitwiseCopyable>(
        _ type: Value.Type, at offset: Int, count: Int
    ) throws(FileError) -> [Value] {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.size)
        try check(offset, overflow ? Int.max : byteCount)
        return try readArray(at: offset, count: count)
    }

    /// The whole file.
    ///
    /// - Parameter limit: a larger file is refused before anything is read.
    public func contents(limit: Int) throws(FileError) -> [UInt8] {
        guard size <= limit else {
            throw FileError(.cannotOpen, path, "has \(size) bytes, more than the \(limit) that are read")
        }
        return try bytes(at: 0, count: size)
    }

    /// Fills `buffer` from byte `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        try check(offset, buffer.count)
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

    private func check(_ offset: Int, _ count: Int) throws(FileError) {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw FileError(
                .truncated, path, "ends at byte \(size), where \(count) bytes from byte \(offset) on are expected")
        }
    }

    /// The range was checked: no more is allocated than the file holds.
    private func readArray<Value: BitwiseCopyable>(at offset: Int, count: Int) throws(FileError) -> [Value] {
        var failure: FileError?
        let values = [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let storage = UnsafeMutableRawBufferPointer(
                start: buffer.baseAddress, count: count * MemoryLayout<Value>.size)
            do throws(FileError) {
                try read(at: offset, into: storage)
                initializedCount = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return values
    }
}
