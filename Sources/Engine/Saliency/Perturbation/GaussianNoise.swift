import Glibc

/// Normally distributed numbers that are the same for a seed in every run and with any number of threads: every frame
/// of every copy has its own stream.
///
/// The bits come from `SplitMix` with a state hashed from (seed, copy, frame); the normal numbers from Box–Muller in
/// double precision, with u in (0, 1] and v in [0, 1) of 53 bits each, cosine first, then sine.
struct GaussianNoise {
    private var bits: SplitMix
    private var spare: Double?

    init(seed: UInt64, copy: Int, frame: Int) {
        var hash = SplitMix.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        hash = SplitMix.mixed(hash ^ UInt64(truncatingIfNeeded: copy) &* 0xD6E8_FEB8_6659_FD93)
        bits = SplitMix(state: SplitMix.mixed(hash ^ UInt64(truncatingIfNeeded: frame) &* 0xA076_1D64_78BD_642F))
    }

    /// Mean 0, variance 1.
    mutating func next() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let u = 1 - bits.uniform()
        let v = bits.uniform()
        let radius = (-2 * log(u)).squareRoot()
        let angle = 2 * Double.pi * v
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
