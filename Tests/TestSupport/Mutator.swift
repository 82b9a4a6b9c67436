/// Damages bytes as disks, networks and attackers do, seeded, for fuzzing every parser.
public struct Mutator {
    private var generator: SeededGenerator

    public init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// A copy of `original` with one to four mutations: flipped bits, replaced bytes and lengths, cuts, insertions,
    /// repetitions.
    public mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&bytes) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8.random(in: 0...255, using: &generator)]
            return
        }
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1:
            bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 2:
            bytes[position] = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &generator) ?? 0
        case 3:
            // A length or an offset at its limits.
            let value: UInt64 =
                [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 62, 0x7FFF_FFFF_FFFF_FFFF, .max]
                .randomElement(using: &generator) ?? 0
            for index in 0..<Int.random(in: 2...8, using: &generator)
            where position + index < bytes.count {
                bytes[position + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
            }
        case 4:
            bytes.removeSubrange(position...)
        case 5:
            let count = min(Int.random(in: 1...16, using: &generator), bytes.count - position)
            bytes.removeSubrange(position..<(position + count))
        case 6:
            let inserted = (0..<Int.random(in: 1...16, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            bytes.insert(contentsOf: inserted, at: position)
        default:
            let count = min(Int.random(in: 1...64, using: &generator), bytes.count - position)
            let target = Int.random(in: 0...bytes.count, using: &generator)
            bytes.insert(contentsOf: Array(bytes[position..<(position + count)]), at: target)
        }
    }
}
