/// The graph of Felzenszwalb and Huttenlocher's segmentation (International Journal of Computer Vision 59, 2004): the
/// positions of a clip, with edges between neighbours in time, height and width, six neighbours per position.
struct SpaceTimeGraph {
    let grid: VoxelGrid
    /// The edges by ascending weight, equal ones by their numbers. The upper half has the weight's bits, which are
    /// ordered like the non-negative numbers; the lower half has the edge's number, 3 · first position + axis.
    private let edges: [UInt64]

    /// - Parameter samples: `[T, H, W, C]` on the grid. An edge's weight is the Euclidean distance of its ends.
    init(grid: VoxelGrid, samples: [Float], channels: Int) {
        self.grid = grid
        var edges: [UInt64] = []
        edges.reserveCapacity(3 * grid.count)
        for position in 0..<grid.count {
            for axis in 0..<3 {
                guard let other = Self.neighbour(of: position, along: axis, grid) else { continue }
                var square: Float = 0
                for channel in 0..<channels {
                    let step = samples[other * channels + channel] - samples[position * channels + channel]
                    square += step * step
                }
                edges.append(UInt64(square.squareRoot().bitPattern) << 32 | UInt64(3 * position + axis))
            }
        }
        edges.sort()
        self.edges = edges
    }

    private static func neighbour(of position: Int, along axis: Int, _ grid: VoxelGrid) -> Int? {
        switch axis {
        case 0: position + grid.plane < grid.count ? position + grid.plane : nil
        case 1: position % grid.plane + grid.width < grid.plane ? position + grid.width : nil
        default: position % grid.width + 1 < grid.width ? position + 1 : nil
        }
    }

    /// Each position's region `[T, H, W]` at one scale, numbered from 0 in the order of their first positions.
    ///
    /// Two regions are joined if the lightest edge between them is lighter, for both, than the heaviest edge that
    /// joined the region plus `scale` divided by its size. Then regions smaller than `minimumSize` are joined to their
    /// most similar neighbour.
    func regions(scale: Double, minimumSize: Double) -> [UInt32] {
        var forest = RegionForest(count: grid.count)
        for edge in edges {
            let (cost, a, b) = ends(of: edge)
            let (one, other) = (forest.root(a), forest.root(b))
            guard one != other else { continue }
            let bound = min(forest.bound(one, scale: scale), forest.bound(other, scale: scale))
            if Double(cost) < bound { forest.join(one, other, cost: cost) }
        }
        for edge in edges {
            let (cost, a, b) = ends(of: edge)
            let (one, other) = (forest.root(a), forest.root(b))
            guard one != other, Double(min(forest.size(one), forest.size(other))) < minimumSize else { continue }
            forest.join(one, other, cost: cost)
        }
        return forest.labels()
    }

    private func ends(of edge: UInt64) -> (cost: Float, a: Int, b: Int) {
        let number = Int(UInt32(truncatingIfNeeded: edge))
        let position = number / 3
        let step = number % 3 == 0 ? grid.plane : number % 3 == 1 ? grid.width : 1
        return (Float(bitPattern: UInt32(edge >> 32)), position, position + step)
    }
}

/// The regions as disjoint sets (union-find): each is a tree whose root is its first position.
struct RegionForest {
    private var parents: [UInt32]
    /// The region's size, for roots.
    private var sizes: [UInt32]
    /// The weight of the heaviest edge that joined the region, for roots.
    private var heaviest: [Float]

    init(count: Int) {
        parents = (0..<UInt32(count)).map { $0 }
        sizes = [UInt32](repeating: 1, count: count)
        heaviest = [Float](repeating: 0, count: count)
    }

    mutating func root(_ position: Int) -> Int {
        var position = position
        while Int(parents[position]) != position {
            parents[position] = parents[Int(parents[position])]
            position = Int(parents[position])
        }
        return position
    }

    func size(_ root: Int) -> Int { Int(sizes[root]) }

    /// The region is not joined by edges of this weight or more.
    func bound(_ root: Int, scale: Double) -> Double { Double(heaviest[root]) + scale / Double(sizes[root]) }

    mutating func join(_ one: Int, _ other: Int, cost: Float) {
        let (first, second) = (min(one, other), max(one, other))
        parents[second] = UInt32(first)
        sizes[first] += sizes[second]
        heaviest[first] = cost
    }

    /// Each position's region, numbered from 0 in the order of their first positions.
    mutating func labels() -> [UInt32] {
        var labels = [UInt32](repeating: 0, count: parents.count)
        var next: UInt32 = 0
        for position in labels.indices {
            let root = root(position)
            // A root is its region's first position.
            if root == position {
                labels[position] = next
                next += 1
            } else {
                labels[position] = labels[root]
            }
        }
        return labels
    }
}
