import Concurrency
import Files
import Glibc
import Pipeline

/// A file of lines that other programs may follow, rotate and remove while it grows.
package actor NDJSONFile {
    private let executor = ThreadExecutor(name: "lines")
    private let path: String
    private let isSynced: Bool
    private var descriptor: Int32 = -1

    /// - Parameter isSynced: whether each line is on the disk when `append` returns.
    package init(path: String, isSynced: Bool) {
        self.path = path
        self.isSynced = isSynced
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Appends a line, completely or not at all.
    ///
    /// - Parameter text: the line without its line feed.
    package func append(_ text: [UInt8]) throws(FileError) {
        try open()
        let line = text + [UInt8(ascii: "\n")]
        var before = stat()
        guard fstat(descriptor, &before) == 0 else { throw failure("cannot be examined", errno) }
        let count = write(descriptor, line, line.count)
        guard count == line.count else {
            let reason = count < 0 ? errno : ENOSPC
            // A partial line would damage the next one too.
            if count > 0 { ftruncate(descriptor, before.st_size) }
            throw failure("cannot be written", reason)
        }
        guard !isSynced || fsync(descriptor) == 0 else { throw failure("cannot be synced", errno) }
    }

    /// Opens the file, or opens it again if its name refers to another file or to none.
    private func open() throws(FileError) {
        if descriptor >= 0 {
            var (ours, named) = (stat(), stat())
            if fstat(descriptor, &ours) == 0, stat(path, &named) == 0, ours.st_ino == named.st_ino,
                ours.st_dev == named.st_dev
            {
                return
            }
            close(descriptor)
        }
        descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw failure("cannot be opened", errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            descriptor = -1
            throw FileError(.cannotWrite, path, "is not a regular file")
        }
    }

    private func failure(_ action: String, _ systemError: Int32) -> FileError {
        FileError(.cannotWrite, path, action, systemError: systemError)
    }
}
