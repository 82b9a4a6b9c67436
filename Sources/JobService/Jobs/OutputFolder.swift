import Files
import Glibc

/// Checks the folder that a job writes to, before and after an attempt. Blocks.
enum OutputFolder {
    /// The size of the file that is written to test for free space, in bytes.
    private static let probeSize = 4096

    /// Creates the folder of `output` if its parent exists, and writes and removes a small file in it.
    ///
    /// - Throws: `OutputFolderError` if that fails.
    static func check(for output: String) throws(OutputFolderError) {
        let path = folder(of: output)
        guard mkdir(path.fileBytes, 0o777) == 0 || errno == EEXIST else {
            throw OutputFolderError(folder: path, action: "cannot be created", systemError: errno)
        }
        // Named like a job's staged file, so that it is removed like one if the daemon is killed.
        let probe = TemporaryName.path(for: output)
        let descriptor = open(probe.fileBytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw OutputFolderError(folder: path, action: "cannot be written", systemError: errno)
        }
        defer { unlink(probe.fileBytes) }
        let bytes = [UInt8](repeating: 0, count: probeSize)
        let count = write(descriptor, bytes, bytes.count)
        let failure = count < 0 ? errno : ENOSPC
        // Some file systems report a full disk only when the file is closed.
        let isClosed = close(descriptor) == 0
        guard count == bytes.count, isClosed else {
            throw OutputFolderError(folder: path, action: "cannot be written", systemError: failure)
        }
    }

    static func folder(of output: String) -> String {
        let folder = FileName.split(output).folder
        return folder.count > 1 ? String(folder.dropLast()) : folder
    }
}

/// Why a job's output cannot be written to its folder now.
struct OutputFolderError: Error, Sendable, Equatable, CustomStringConvertible {
    var folder: String
    var action: String
    /// An `errno` value.
    var systemError: Int32

    var description: String {
        "\(folder): the folder \(action): \(String(cString: strerror(systemError))); the job waits until it can be written"
    }
}
