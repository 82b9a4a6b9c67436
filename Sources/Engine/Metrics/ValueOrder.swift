/// Orders of values without a comparison of floats: keys are compared as whole numbers, and equal values stay in the order
/// of their places, so that the order is the same on every machine.
enum ValueOrder {
    /// The places of `values`, the largest value first; of equal values the one that comes first.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func descending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.enumerated().map { index, value in UInt64(~key(value)) << 32 | UInt64(index) })
    }

    /// The places of `values`, the smallest value first; of equal values the one that comes first.
    ///
    /// - Precondition: fewer than 2³² values, none of them NaN.
    static func ascending(_ values: some Collection<Float>) -> [UInt32] {
        places(values.enumerated().map { index, value in UInt64(key(value)) << 32 | UInt64(index) })
    }

    private static func places(_ keys: [UInt64]) -> [UInt32] {
        keys.sorted().map { UInt32(truncatingIfNeeded: $0) }
    }

    /// Grows with the value; both zeros are one.
    private static func key(_ value: Float) -> UInt32 {
        let bits = (value + 0).bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }
}
