/// A file whose bytes are part of the executable.
///
/// `@unchecked`: a raw pointer is not `Sendable`; this one is to constants, which live and stay the same as long as the
/// process.
public struct EmbeddedFile: ReadableBytes, @unchecked Sendable {
    public let path: String
    private let memory: UnsafeRawBufferPointer

    /// - Parameters:
    ///   - path: a name for errors.
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
