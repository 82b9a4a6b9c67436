import CKernels

/// The common part of SHA-1 and SHA-256 (FIPS 180-4, sections 5.1.1 and 6): the compression of 64-byte blocks into a
/// state of 32-bit words, and the padding.
struct BlockDigest {
    /// Compresses the given number of whole blocks into the state.
    typealias Mix = (UnsafeMutablePointer<UInt32>?, UnsafeRawPointer?, Int) -> Void

    private var state: [UInt32]
    private let mix: Mix
    /// The bytes of an incomplete block, fewer than 64.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    init(state: [UInt32], mix: @escaping Mix) {
        self.state = state
        self.mix = mix
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let missing = rest.prefix(64 - pending.count)
            pending.append(contentsOf: missing)
            rest = rest.dropFirst(missing.count)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { mix(&state, $0.baseAddress, 1) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = UnsafeRawBufferPointer(rebasing: rest.prefix(rest.count & ~63))
        if !whole.isEmpty { mix(&state, whole.baseAddress, whole.count / 64) }
        pending.append(contentsOf: rest.dropFirst(whole.count))
    }

    /// The digest in lower-case hexadecimal.
    consuming func hexDigest() -> String {
        let bitCount = byteCount * 8
        var padding: [UInt8] = [0x80]
        padding += [UInt8](repeating: 0, count: (119 - Int(byteCount % 64)) % 64)
        padding += (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * $0)) }
        padding.withUnsafeBytes { update($0) }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}

/// Incremental SHA-1 (FIPS 180-4). Git identifies contents by it; it gives no protection against an attacker who can
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

/// Incremental SHA-256 (FIPS 180-4).
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

/// The hash of a file's contents, independent of its name.
public enum ContentHash {
    /// The number of bytes read at a time.
    private static let piece = 1 << 20

    /// The SHA-256 of a file's bytes, in lower-case hexadecimal.
    ///
    /// - Parameter isCancelled: called before each 1 MB is read; if it returns true, `CancellationError` is thrown.
    /// - Throws: `FileError`, also if the file is truncated while it is read.
    public static func of(_ path: String, isCancelled: () -> Bool = { false }) throws -> String {
        try of(ReadableFile(path), isCancelled: isCancelled)
    }

    /// The SHA-256 of an open file's bytes, in lower-case hexadecimal.
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
