import Concurrency
import Files
import NIOCore
import Pipeline

/// Reads a file in chunks on a dedicated thread, since a disk or a file server may be slow.
///
/// Not Hummingbird's `FileIO`, which opens files by path, follows links, and does not accept an open descriptor.
actor FileChunks {
    private let executor = ThreadExecutor(name: "http file")
    private var file: ReadableFile?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a file of the daemon below a folder to which others may be able to write.
    ///
    /// - Returns: the file's size in bytes.
    func open(_ path: String, below folder: String) throws(FileError) -> Int {
        let file = try ReadableFile(own: path, below: folder)
        self.file = file
        return file.size
    }

    /// Reads a range of the open file.
    func bytes(_ range: Range<Int>) throws(FileError) -> ByteBuffer {
        guard let file else { throw FileError(.cannotOpen, "", "is not open") }
        var buffer = ByteBuffer()
        var failure: FileError?
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { bytes in
            do throws(FileError) {
                try file.readChecked(
                    at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(range.count)))
                return range.count
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return buffer
    }
}
