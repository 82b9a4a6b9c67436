import Files

/// Git's names of file contents.
public enum GitBlob {
    /// SHA-1 of `"blob <size>\0"` and the file's bytes, in lower-case hexadecimal; what `git hash-object` prints.
    ///
    /// - Throws: `ModelError` if the file cannot be read.
    public static func id(ofFile path: String) throws(ModelError) -> String {
        let file = try openFile(path)
        var hash = SHA1()
        hash.update("blob \(file.size)\0".utf8)
        let piece = 1 << 20
        var offset = 0
        while offset < file.size {
            let count = min(piece, file.size - offset)
            try file.modelBytes(at: offset, count: count).withUnsafeBytes { hash.update($0) }
            offset += count
        }
        return hash.hexDigest()
    }
}
