import Concurrency
import Files
import Glibc
import Hummingbird
import Pipeline

/// A file that is being uploaded, hidden in its folder until it is complete. Writes on a dedicated thread.
actor UploadFile {
    struct Result: Sendable {
        var path: String
        var bytes: Int
        /// The SHA-256 in hexadecimal.
        var content: String
    }

    /// The suffix of incomplete uploads, used for nothing else.
    static let suffix = ".saliencyd-upload.part"

    private let executor = ThreadExecutor(name: "upload")
    private let destination: String
    private let staged: String
    private var descriptor: Int32 = -1
    private var digest = SHA256()
    private(set) var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter name: a name that `UploadName` accepts.
    init(folder: String, name: String) {
        destination = "\(folder)/\(name)"
        let number = String(UInt32.random(in: .min ... .max), radix: 16)
        staged = "\(folder)/.\(name).\(number)\(Self.suffix)"
    }

    /// Creates the hidden file.
    func begin() throws(UploadError) {
        guard access(destination, F_OK) != 0 else { throw nameTaken }
        descriptor = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw UploadError(destination, "cannot be created", systemError: errno) }
    }

    func write(_ buffer: ByteBuffer) throws(UploadError) {
        var failure: Int32 = 0
        buffer.withUnsafeReadableBytes { bytes in
            digest.update(bytes)
            count += bytes.count
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let written = Glibc.write(descriptor, part.baseAddress, part.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    failure = errno
                    return
                }
                rest = rest.dropFirst(written)
            }
        }
        guard failure == 0 else { throw UploadError(destination, "cannot be written", systemError: failure) }
    }

    /// Syncs the file and renames it to its final name, which must be free.
    func finish() throws -> Result {
        guard fsync(descriptor) == 0 else { throw UploadError(destination, "cannot be synced", systemError: errno) }
        do throws(FileError) {
            try FileMove.move(staged, to: destination)
        } catch {
            throw error.code == .exists ? nameTaken : UploadError(.folder, destination, error.reason)
        }
        syncFolder()
        close(descriptor)
        descriptor = -1
        return Result(path: destination, bytes: count, content: digest.hexDigest())
    }

    /// Removes the file; does nothing after `finish`.
    func discard() {
        guard descriptor >= 0 else { return }
        unlink(staged)
        close(descriptor)
        descriptor = -1
    }

    /// Removes incomplete uploads of a killed daemon. Blocks.
    static func removeLeftovers(in folder: String) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("."), name.hasSuffix(suffix) { unlink("\(folder)/\(name)") }
        }
    }

    private var nameTaken: UploadError { UploadError(.nameTaken, destination, "exists already; choose another name") }

    /// Makes the name survive a power loss, if the file system supports that.
    private func syncFolder() {
        let folder = open(FileName.split(destination).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
