import CKernels

/// The checksums that checkpoint files carry.
enum Checksum {
    /// CRC-32C (Castagnoli).
    static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        saliency_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { crc32c($0) }
    }

    /// CRC-32 as zip archives use it.
    static func crc32(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        saliency_crc32(crc, bytes.baseAddress, bytes.count)
    }

    /// How LevelDB and TensorFlow store a CRC, so that the CRC of bytes that hold a CRC stays a good one.
    static func masked(_ crc: UInt32) -> UInt32 {
        (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
