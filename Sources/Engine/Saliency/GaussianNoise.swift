import Glibc

/// Normally distributed numbers, the same for a seed on every run and with any number of threads: every frame of every
/// copy draws from a stream of its own.
///
/// Bits: SplitMix64 (Steele, Lea, Flood 2014), its state hashed from (seed, copy, frame). Normals: Box–Muller in double
/// precision, from u in (0, 1] and v in [0, 1) of 53 bits each, cosine first, then sine.
struct GaussianNoise {
    private var state: UInt64
    private var spare: Double?

    init(seed: UInt64, copy: Int, frame: Int) {
        var hash = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        hash = Self.mixed(hash ^ UInt64(truncatingIfNeeded: copy) &* 0xD6E8_FEB8_6659_FD93)
        state = Self.mixed(hash ^ UInt64(truncatingIfNeeded: frame) &* 0xA076_1D64_78BD_642F)
    }

    /// Mean 0, variance 1.
    mutating func next() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let u = 1 - uniform()
        let v = uniform()
        let radius = (-2 * log(u)).squareRoot()
        let angle = 2 * Double.pi * v
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// [0, 1), 53 bits.
    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Double(Self.mixed(state) >> 11) * 0x1p-53
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
