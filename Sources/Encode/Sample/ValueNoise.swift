/// Smooth, seeded noise of 0…1 over the plane, repeating every 256 units: random values on a grid, blended between.
struct ValueNoise {
    private let values: [Double]

    init(seed: UInt64) {
        var state = seed
        values = (0..<65_536).map { _ in
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
        }
    }

    func value(_ x: Double, _ y: Double) -> Double {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (u, v) = (fade(x - left), fade(y - top))
        let (column, row) = (Int(left), Int(top))
        let upper = at(column, row) * (1 - u) + at(column + 1, row) * u
        let lower = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u
        return upper * (1 - v) + lower * v
    }

    private func at(_ column: Int, _ row: Int) -> Double { values[(row & 255) << 8 | column & 255] }

    private func fade(_ t: Double) -> Double { t * t * (3 - 2 * t) }
}
