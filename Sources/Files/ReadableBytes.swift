/// Bytes that are read by position: a file, or memory with a file's contents.
public protocol ReadableBytes: Sendable {
    /// Identifies the file in errors.
    var path: String { get }
    /// In bytes.
    var size: Int { get }
    /// Fills `buffer` with the bytes from `offset` on; the caller has checked the range against `size`.
    func readChecked(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError)
}

extension ReadableBytes {
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

    /// All bytes.
    ///
    /// - Parameter limit: the maximum size; a larger file is refused before anything is read.
    public func contents(limit: Int) throws(FileError) -> [UInt8] {
        guard size <= limit else {
            throw FileError(.cannotOpen, path, "has \(size) bytes, more than the \(limit) that are read")
        }
        return try bytes(at: 0, count: size)
    }

    /// Fills `buffer` with the bytes from `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        try check(offset, buffer.count)
        try readChecked(at: offset, into: buffer)
    }

    private func check(_ offset: Int, _ count: Int) throws(FileError) {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw FileError(
                .truncated, path, "ends at byte \(size), where \(count) bytes from byte \(offset) on are expected")
        }
    }

    /// The range has been checked, so a damaged length cannot allocate more memory than the file has bytes.
    private func readArray<Value: BitwiseCopyable>(at offset: Int, count: Int) throws(FileError) -> [Value] {
        var failure: FileError?
        let values = [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let storage = UnsafeMutableRawBufferPointer(
                start: buffer.baseAddress, count: count * MemoryLayout<Value>.size)
            do throws(FileError) {
                try readChecked(at: offset, into: storage)
                initializedCount = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return values
    }
}

/// A file whose bytes are part of the executable.
///
/// `@unchecked`: a raw pointer is not `Sendable`, but this one points to constants, which exist unchanged as long as
/// the process.
public struct EmbeddedFile: ReadableBytes, @unchecked Sendable {
    public let path: String
    private let memory: UnsafeRawBufferPointer

    /// - Parameters:
    ///   - path: the name in errors.
    ///   - constants: memory that is never freed or written.
    public init(_ path: String, constants: UnsafeRawBufferPointer) {
        self.path = path
        memory = constants
    }

    public var size: Int { memory.count }

    public func readChecked(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[offset..<(offset + buffer.count)]))
    }
}
