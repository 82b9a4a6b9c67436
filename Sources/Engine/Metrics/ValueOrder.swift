/// Sorts values by integer keys instead of comparing floats. Equal values stay in the order of their indices, so that
/// the order is the same on every machine.
enum ValueOrder {
    /// The indices of `values`, sorted by descending value, equal values by ascending index.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func descending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.enumerated().map { index, value in UInt64(~key(value)) << 32 | UInt64(index) })
    }

    /// The indices of `values`, sorted by ascending value, equal values by ascending index.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func ascending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.enumerated().map { index, value in UInt64(key(value)) << 32 | UInt64(index) })
    }

    private static func places(_ keys: [UInt64]) -> [UInt32] {
        keys.sorted().map { UInt32(truncatingIfNeeded: $0) }
    }

    /// An integer that grows with the value; the same for both zeros.
    private static func key(_ value: Float) -> UInt32 {
        let bits = (value + 0).bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }
}
