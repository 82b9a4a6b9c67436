import CKernels
import Files

/// The checksums that checkpoint files carry.
enum Checksum {
    /// CRC-32C (Castagnoli).
    static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        saliency_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { crc32c($0) }
    }

    /// CRC-32 as used in zip archives.
    static func crc32(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        saliency_crc32(crc, bytes.baseAddress, bytes.count)
    }

    /// A CRC as LevelDB and TensorFlow store it: the CRC of data that contains its own CRC would be a poor checksum.
    static func masked(_ crc: UInt32) -> UInt32 {
        (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}

/// Git's identifiers of file contents.
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
