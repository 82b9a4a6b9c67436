import CFFmpeg
import Files
import Glibc
import Media

/// A file that is written under a `TemporaryName` beside its destination and then renamed, or removed if it is not
/// committed.
///
/// It is a class and seekable, for FFmpeg's callbacks; for sequential writing use `AtomicFile`. Not thread-safe.
public final class StagedFile {
    /// The final name.
    public private(set) var destination: String
    /// The temporary name.
    let stagedPath: String
    private let replaces: Bool
    private var descriptor: Int32
    private var isCommitted = false
    /// The number of bytes after which writing fails as on a full disk; for tests.
    var remainingSpace = Int.max
    /// The `errno` value of the first failed write.
    private(set) var writeError: Int32 = 0

    /// Creates the staged file.
    ///
    /// - Parameter replaces: whether an existing file may be replaced in the end.
    /// - Throws: `MediaError.outputExists`, or `cannotWrite` if the folder is missing or not writable.
    public init(destination: String, replaces: Bool) throws(MediaError) {
        self.destination = destination
        self.replaces = replaces
        var status = stat()
        if stat(destination.fileBytes, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR {
                throw MediaError(.cannotWrite, "is a folder, not a file", file: destination)
            }
            if !replaces { throw MediaError(.outputExists, "exists already", file: destination) }
        }
        guard !FileName.split(destination).name.isEmpty else {
            throw MediaError(.cannotWrite, "is no file name", file: destination)
        }
        stagedPath = TemporaryName.path(for: destination)
        descriptor = open(stagedPath.fileBytes, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure("cannot be created", errno, destination) }
    }

    deinit {
        discard()
    }

    /// Writes at the file's position.
    ///
    /// - Returns: 0, or an `errno` value; after a failure all later writes fail too.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard writeError == 0 else { return writeError }
        var rest = bytes
        while !rest.isEmpty, let base = rest.baseAddress {
            let count = remainingSpace > 0 ? Glibc.write(descriptor, base, min(rest.count, remainingSpace)) : -1
            if count < 0 {
                if remainingSpace > 0, errno == EINTR { continue }
                writeError = remainingSpace > 0 ? errno : ENOSPC
                return writeError
            }
            remainingSpace -= count
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        return 0
    }

    /// Moves the position as lseek(2) does.
    ///
    /// - Returns: the new position, or -1.
    func seek(_ offset: Int, _ whence: Int32) -> Int { lseek(descriptor, offset, whence) }

    /// The file's length in bytes, or -1.
    var length: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : -1
    }

    /// Syncs the file to disk.
    func synchronize() throws(MediaError) {
        if writeError != 0 { throw failure() }
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot be written", errno, destination) }
    }

    /// Renames the file to its destination; if this throws, the file is removed.
    ///
    /// - Parameter names: alternative destinations, tried one after another if the first exists.
    public func commit(orAs names: some Sequence<String> = EmptyCollection<String>()) throws(MediaError) {
        do throws(MediaError) {
            try synchronize()
            guard close(release()) == 0 else { throw Self.failure("cannot be written", errno, destination) }
            var others = names.makeIterator()
            while true {
                do throws(MediaError) {
                    try rename()
                    break
                } catch {
                    guard error.code == .outputExists, let other = others.next() else { throw error }
                    destination = other
                }
            }
        } catch {
            discard()
            throw error
        }
        isCommitted = true
        Self.synchronizeFolder(of: destination)
    }

    /// Removes the staged file, unless it has its final name. May be called more than once.
    public func discard() {
        if descriptor >= 0 { close(release()) }
        if !isCommitted { unlink(stagedPath.fileBytes) }
    }

    /// The error for the failed write.
    func failure() -> MediaError {
        Self.failure("cannot be written", writeError, destination)
    }

    private func release() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    private func rename() throws(MediaError) {
        if replaces {
            guard Glibc.rename(stagedPath.fileBytes, destination.fileBytes) == 0 else {
                throw Self.failure("cannot be replaced", errno, destination)
            }
            return
        }
        if saliency_rename_without_replacing(stagedPath.fileBytes, destination.fileBytes) == 0 { return }
        // For file systems without that flag: creating a link never replaces a file either.
        if errno == EINVAL || errno == ENOSYS, link(stagedPath.fileBytes, destination.fileBytes) == 0 {
            unlink(stagedPath.fileBytes)
            return
        }
        if errno == EEXIST { throw MediaError(.outputExists, "appeared while it was being made", file: destination) }
        throw Self.failure("cannot be given its name", errno, destination)
    }

    /// Syncs the folder, so that a new name survives a power loss. Errors are ignored, because the file is complete
    /// without it.
    static func synchronizeFolder(of path: String) {
        let folder = FileName.split(path).folder
        let descriptor = open((folder.isEmpty ? "." : folder).fileBytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ reason: String, _ code: Int32, _ file: String) -> MediaError {
        MediaError(.cannotWrite, reason, underlyingCode: saliency_averror(code), file: file)
    }
}

extension StagedFile {
    /// Writes `bytes` to `destination`, which appears only when it is complete.
    static func write(_ bytes: UnsafeRawBufferPointer, to destination: String, replaces: Bool) throws(MediaError) {
        let file = try StagedFile(destination: destination, replaces: replaces)
        guard file.write(bytes) == 0 else { throw file.failure() }
        try file.commit()
    }
}
