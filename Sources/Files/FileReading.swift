import Glibc

/// Reads by position from a descriptor.
enum FileReading {
    /// - Throws: `FileError.Code.truncated` where the file ends before the buffer is full.
    static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, _ path: String
    ) throws(FileError) {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw FileError(.cannotOpen, path, "cannot be read", systemError: errno)
            }
            guard count > 0 else {
                throw FileError(.truncated, path, "was cut short while it was read")
            }
            done += count
        }
    }
}
