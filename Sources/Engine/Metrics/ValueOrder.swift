/// Sorts values by integer keys instead of comparing floats. Equal values stay in the order of their indices, so that
/// the order is the same on every machine.
enum ValueOrder {
    /// The indices of `values`, sorted by descending value, equal values by ascending index.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func descending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.map { ~key($0) })
    }

    /// The indices of `values`, sorted by ascending value, equal values by ascending index.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func ascending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.map(key))
    }

    /// The bits of a key that one round of the radix sort sorts by: three rounds sort all 32.
    private static let digitBits = 11

    /// The places of `keys` in ascending order, by a radix sort, which keeps equal keys in their order.
    private static func places(_ keys: [UInt32]) -> [UInt32] {
        let digits = 1 << digitBits
        var order = keys.indices.map { UInt32(truncatingIfNeeded: $0) }
        var next = order
        for shift in stride(from: 0, to: UInt32.bitWidth, by: digitBits) {
            func digit(_ place: UInt32) -> Int { Int(keys[Int(place)] >> UInt32(shift)) & (digits - 1) }
            var starts = [Int](repeating: 0, count: digits + 1)
            for place in order { starts[digit(place) + 1] += 1 }
            for value in 0..<digits { starts[value + 1] += starts[value] }
            for place in order {
                let value = digit(place)
                next[starts[value]] = place
                starts[value] += 1
            }
            swap(&order, &next)
        }
        return order
    }

    /// An integer that grows with the value; the same for both zeros.
    private static func key(_ value: Float) -> UInt32 {
        let bits = (value + 0).bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }
}
