/// What each mask would add: the positions that none has taken, how many they are and what they hold of the attribution.
/// Kept up to date as positions are taken, each of them once, so that the whole choice costs one look around every position.
struct RegionGains {
    private(set) var counts: [Int]
    private var sums: [Double]

    init(_ masks: RegionMasks, attribution: [Float]) {
        var counts = [Int](repeating: 0, count: masks.count)
        var sums = [Double](repeating: 0, count: masks.count)
        for (position, value) in attribution.enumerated() {
            masks.forEachMask(holding: position) { mask in
                counts[mask] += 1
                sums[mask] += Double(value)
            }
        }
        self.counts = counts
        self.sums = sums
    }

    /// The mean attribution of what the mask would add.
    subscript(mask: Int) -> Double {
        counts[mask] > 0 ? sums[mask] / Double(counts[mask]) : -.infinity
    }

    mutating func remove(_ position: Int, _ masks: RegionMasks, _ attribution: [Float]) {
        masks.forEachMask(holding: position) { mask in
            counts[mask] -= 1
            sums[mask] -= Double(attribution[position])
        }
    }
}
