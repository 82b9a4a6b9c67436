import CKernels

/// SHA-1 (FIPS 180-4), fed piece by piece: Git's name for a content, and no protection against an attacker who can
/// choose both of two contents.
public struct SHA1 {
    private var digest = BlockDigest(
        state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0], mix: saliency_sha1_blocks)

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
