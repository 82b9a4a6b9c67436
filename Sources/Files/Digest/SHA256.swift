import CKernels

/// SHA-256 (FIPS 180-4), fed piece by piece.
public struct SHA256 {
    private var digest = BlockDigest(
        state: [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ], mix: saliency_sha256_blocks)

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        digest.update(bytes)
    }

    public mutating func update<Bytes: Sequence<UInt8>>(_ bytes: Bytes) {
        Array(bytes).withUnsafeBytes { digest.update($0) }
    }

    /// The digest in lower-case hexadecimal.
    public consuming func hexDigest() -> String {
        digest.hexDigest()
    }
}
