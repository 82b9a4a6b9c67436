/// What a file holds, whatever it is called.
public enum ContentHash {
    /// Bytes read at a time.
    private static let piece = 1 << 20

    /// The SHA-256 of a file's bytes, in lower-case hexadecimal.
    ///
    /// - Parameter isCancelled: asked between pieces of 1 MB; what it stops throws `CancellationError`.
    /// - Throws: `FileError`, also where the file is cut short while it is read.
    public static func of(_ path: String, isCancelled: () -> Bool = { false }) throws -> String {
        try of(ReadableFile(path), isCancelled: isCancelled)
    }

    /// The same of a file that is open.
    public static func of(_ file: some ReadableBytes, isCancelled: () -> Bool = { false }) throws -> String {
        var digest = SHA256()
        for offset in stride(from: 0, to: file.size, by: piece) {
            if isCancelled() { throw CancellationError() }
            let bytes = try file.bytes(at: offset, count: min(piece, file.size - offset))
            bytes.withUnsafeBytes { digest.update($0) }
        }
        return digest.hexDigest()
    }
}
