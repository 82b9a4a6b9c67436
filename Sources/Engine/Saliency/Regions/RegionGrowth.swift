/// XRAI's choice among overlapping regions: the region whose new positions have the highest mean attribution is chosen
/// first (Kapishnikov et al., arXiv 1906.02825).
struct RegionGrowth {
    /// For each position `[T, H, W]`, the mean attribution of the positions that its region added; for positions
    /// without a region, their common mean.
    private(set) var densities: [Float]
    /// For each position, the rank of its region by density, from 1; the last rank is for positions without a region.
    private(set) var ranks: [UInt32]

    /// The density of each chosen region, and the number of positions that it added to `order`.
    private var taken: [(density: Double, count: Int)] = []
    /// The positions of chosen regions, in the order in which they were added.
    private var order: [UInt32] = []
    private var isTaken: [Bool]

    /// - Parameters:
    ///   - attribution: `[T, H, W]`, with any signs.
    ///   - minimumGrowth: regions that would add fewer positions are left out.
    ///   - area: the part of all positions after which no more regions are chosen; only for the full algorithm.
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

/// For each mask, the number of positions that it would add, and their sum of the attribution. The values are updated
/// when positions are taken, once for each position.
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

    /// The mean attribution of the positions that the mask would add.
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
