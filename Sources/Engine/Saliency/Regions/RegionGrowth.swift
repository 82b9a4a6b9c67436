/// XRAI's choice among overlapping regions: the one whose new positions are densest in attribution comes first (Kapishnikov
/// et al., arXiv 1906.02825).
struct RegionGrowth {
    /// The density of the region that took each position `[T, H, W]`; where none did, that of all such positions.
    private(set) var densities: [Float]
    /// 1 for the positions of the densest region, counting up; the last for those that no region took.
    private(set) var ranks: [UInt32]

    /// Each region that was taken: its density, and how many positions it added to `order`.
    private var taken: [(density: Double, count: Int)] = []
    /// Taken positions, in the order in which they were.
    private var order: [UInt32] = []
    private var isTaken: [Bool]

    /// - Parameters:
    ///   - attribution: `[T, H, W]`, of any sign.
    ///   - minimumGrowth: a region that would add fewer positions is left out.
    ///   - area: the part of all positions after which no region is taken any more; only the full algorithm looks at it.
    init(
        _ masks: RegionMasks, attribution: [Float], algorithm: XRAI.Algorithm, minimumGrowth: Double, area: Double = 1,
        control: RunControl
    ) throws(ModelError) {
        densities = [Float](repeating: 0, count: attribution.count)
        ranks = [UInt32](repeating: 0, count: attribution.count)
        isTaken = [Bool](repeating: false, count: attribution.count)
        order.reserveCapacity(attribution.count)
        var gains = RegionGains(masks, attribution: attribution)
        switch algorithm {
        case .full:
            var remaining = Array(0..<masks.count)
            while Double(order.count) <= area * Double(attribution.count) {
                try control.check()
                remaining.removeAll { Double(gains.counts[$0]) < minimumGrowth }
                guard let best = remaining.max(by: { gains[$0] < gains[$1] || (gains[$0] == gains[$1] && $0 > $1) })
                else { break }
                let first = order.count
                take(best, masks, attribution)
                for position in order[first...] { gains.remove(Int(position), masks, attribution) }
                remaining.removeAll { $0 == best }
                control.progress(Double(order.count) / Double(attribution.count))
            }
        case .fast:
            let sorted = (0..<masks.count).sorted { (gains[$1], $0) < (gains[$0], $1) }
            for (number, mask) in sorted.enumerated() {
                try control.check()
                take(mask, masks, attribution, minimumGrowth: minimumGrowth)
                control.progress(Double(number + 1) / Double(sorted.count))
            }
        }
        finish(attribution)
    }

    private mutating func take(
        _ mask: Int, _ masks: RegionMasks, _ attribution: [Float], minimumGrowth: Double = 0
    ) {
        let first = order.count
        masks.forEachPosition(of: mask) { position in
            guard !isTaken[position] else { return }
            isTaken[position] = true
            order.append(UInt32(position))
        }
        let added = order[first...]
        guard !added.isEmpty, Double(added.count) >= minimumGrowth else {
            for position in added { isTaken[Int(position)] = false }
            order.removeSubrange(first...)
            return
        }
        let density = added.reduce(0.0) { $0 + Double(attribution[Int($1)]) } / Double(added.count)
        for position in added { densities[Int(position)] = Float(density) }
        taken.append((density, added.count))
    }

    private mutating func finish(_ attribution: [Float]) {
        var starts = [0]
        for region in taken { starts.append(starts[starts.count - 1] + region.count) }
        let sorted = taken.indices.sorted { (taken[$1].density, $0) < (taken[$0].density, $1) }
        for (rank, region) in sorted.enumerated() {
            for position in order[starts[region]..<starts[region + 1]] { ranks[Int(position)] = UInt32(rank + 1) }
        }
        let rest = isTaken.indices.filter { !isTaken[$0] }
        guard !rest.isEmpty else { return }
        let density = rest.reduce(0.0) { $0 + Double(attribution[$1]) } / Double(rest.count)
        for position in rest {
            densities[position] = Float(density)
            ranks[position] = UInt32(taken.count + 1)
        }
    }
}

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
