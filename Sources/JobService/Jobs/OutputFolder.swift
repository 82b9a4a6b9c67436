import Files
import Glibc

/// The folder that a job writes to, looked at before and after an attempt. Blocks.
enum OutputFolder {
    /// Bytes that are written to see whether there is room for anything.
    private static let probeSize = 4096

    /// Makes the folder of `output` where the one above it is there, and writes a small file into it, which goes again.
    ///
    /// - Throws: `OutputFolderError` where that cannot be done.
    static func check(for output: String) throws(OutputFolderError) {
        let path = folder(of: output)
        guard mkdir(path.fileBytes, 0o777) == 0 || errno == EEXIST else {
            throw OutputFolderError(folder: path, action: "cannot be created", systemError: errno)
        }
        // By the name of what a job stages, so that what a kill leaves is removed with it.
        let probe = TemporaryName.path(for: output)
        let descriptor = open(probe.fileBytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw OutputFolderError(folder: path, action: "cannot be written", systemError: errno)
        }
        defer { unlink(probe.fileBytes) }
        let bytes = [UInt8](repeating: 0, count: probeSize)
        let count = write(descriptor, bytes, bytes.count)
        let failure = count < 0 ? errno : ENOSPC
        // Some file systems say at the end only that there is no room.
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

/// Why a folder cannot take a job's output now.
struct OutputFolderError: Error, Sendable, Equatable, CustomStringConvertible {
    var folder: String
    var action: String
    /// An `errno` value.
    var systemError: Int32

    var description: String {
        "\(folder): the folder \(action): \(String(cString: strerror(systemError))); the job waits until it can be written"
    }
}
