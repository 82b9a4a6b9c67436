/// What SHA-1 and SHA-256 share (FIPS 180-4, sections 5.1.1 and 6): blocks of 64 bytes mixed into a state of words, and
/// the padding at the end.
struct BlockDigest {
    /// Mixes whole blocks, so many, into the state.
    typealias Mix = (UnsafeMutablePointer<UInt32>?, UnsafeRawPointer?, Int) -> Void

    private var state: [UInt32]
    private let mix: Mix
    /// Fewer than 64 bytes that wait for a full block.
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
