/// Regions that grow together: disjoint sets, each a tree under its first position.
struct RegionForest {
    private var parents: [UInt32]
    /// Of roots.
    private var sizes: [UInt32]
    /// Of roots: the heaviest edge that was needed to hold the region together.
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

    /// The weight of an edge from which on the region does not grow.
    func bound(_ root: Int, scale: Double) -> Double { Double(heaviest[root]) + scale / Double(sizes[root]) }

    mutating func join(_ one: Int, _ other: Int, cost: Float) {
        let (first, second) = (min(one, other), max(one, other))
        parents[second] = UInt32(first)
        sizes[first] += sizes[second]
        heaviest[first] = cost
    }

    /// Each position's region, numbered from 0 by their first positions.
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
