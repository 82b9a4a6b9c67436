import Concurrency
import Files
import NIOCore
import Pipeline

/// A file that is read in pieces, on a thread of its own: a disk or a server may take its time.
///
/// Not Hummingbird's `FileIO`: that opens by path and follows links, and takes no descriptor that was opened without.
actor FilePieces {
    private let executor = ThreadExecutor(name: "http file")
    private var file: ReadableFile?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a file that the daemon wrote below a folder, which others may be able to write in.
    ///
    /// - Returns: the file's size.
    func open(_ path: String, below folder: String) throws(FileError) -> Int {
        let file = try ReadableFile(own: path, below: folder)
        self.file = file
        return file.size
    }

    /// Needs an open file.
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
