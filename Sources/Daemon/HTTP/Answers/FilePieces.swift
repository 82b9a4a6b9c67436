import Files
import Pipeline

/// A file that is read in pieces, on a thread of its own: a disk or a server may take its time.
actor FilePieces {
    private let executor = ThreadExecutor(name: "http file")
    private var file: ReadableFile?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Returns: the file's size.
    func open(_ path: String) throws(FileError) -> Int {
        let file = try ReadableFile(path)
        self.file = file
        return file.size
    }

    /// Needs an open file.
    func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        guard let file else { throw FileError(.cannotOpen, "", "is not open") }
        return try file.bytes(at: range.lowerBound, count: range.count)
    }
}
