/// SplitMix64 (Steele, Lea, Flood 2014): pseudorandom bits from a seed, the same on every machine.
package struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    /// - Parameter stream: separates the numbers that are drawn from one seed for different purposes.
    package init(seed: UInt64, stream: UInt64) {
        state = seed
        let first = next()
        state = first ^ stream &* 0xD6E8_FEB8_6659_FD93
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A hash: every bit of the result depends on every bit of `value`.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in [0, 1) with 53 bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in 0..<bound; its bias of at most bound / 2⁵³ is negligible.
    package mutating func index(below bound: Int) -> Int { min(Int(uniform() * Double(bound)), max(bound - 1, 0)) }
}
