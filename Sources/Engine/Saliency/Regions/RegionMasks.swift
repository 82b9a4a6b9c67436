/// The regions of several scales as overlapping masks: each region is widened in its frames, so that it contains its
/// own edges. Only the regions are stored; the masks that contain a position are found from the positions around it.
struct RegionMasks {
    private let grid: VoxelGrid
    private let labels: [[UInt32]]
    /// The number of the first mask of each scale.
    private let firsts: [Int]
    /// The positions of all regions, one region after the other; those of region i are `starts[i]..<starts[i + 1]`.
    private let positions: [UInt32]
    private let starts: [Int]
    /// The disc around a position, as offsets in height and width.
    private let disc: [(y: Int, x: Int)]

    /// The number of masks. They are numbered scale by scale, in the order of the labels.
    var count: Int { starts.count - 1 }

    /// - Parameters:
    ///   - labels: each position's region `[T, H, W]`, numbered from 0 without gaps; one array per scale.
    ///   - radius: of the disc by which regions are widened, in cells.
    init(grid: VoxelGrid, labels: [[UInt32]], radius: Double) {
        self.grid = grid
        self.labels = labels
        let reach = Int(radius)
        var disc: [(y: Int, x: Int)] = []
        for y in -reach...reach {
            for x in -reach...reach where Double(y * y + x * x) <= radius * radius { disc.append((y, x)) }
        }
        self.disc = disc
        var firsts: [Int] = []
        var sizes: [Int] = []
        for scale in labels {
            firsts.append(sizes.count)
            sizes += [Int](repeating: 0, count: Int(scale.max() ?? 0) + 1)
            for label in scale { sizes[firsts[firsts.count - 1] + Int(label)] += 1 }
        }
        self.firsts = firsts
        var starts = [0]
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        self.starts = starts
        var positions = [UInt32](repeating: 0, count: starts[sizes.count])
        var ends = starts
        for (first, scale) in zip(firsts, labels) {
            for (position, label) in scale.enumerated() {
                positions[ends[first + Int(label)]] = UInt32(position)
                ends[first + Int(label)] += 1
            }
        }
        self.positions = positions
    }

    /// Calls `body` with every position of a mask, with some repeatedly.
    func forEachPosition(of mask: Int, _ body: (Int) -> Void) {
        for position in positions[starts[mask]..<starts[mask + 1]] { around(Int(position), body) }
    }

    /// Calls `body` once with every mask that contains a position.
    func forEachMask(holding position: Int, _ body: (Int) -> Void) {
        var seen: [UInt32] = []
        for (first, scale) in zip(firsts, labels) {
            seen.removeAll(keepingCapacity: true)
            around(position) { other in
                let label = scale[other]
                guard label != seen.last, !seen.contains(label) else { return }
                seen.append(label)
                body(first + Int(label))
            }
        }
    }

    private func around(_ position: Int, _ body: (Int) -> Void) {
        let (y, x) = (position % grid.plane / grid.width, position % grid.width)
        for step in disc {
            guard 0..<grid.height ~= y + step.y, 0..<grid.width ~= x + step.x else { continue }
            body(position + step.y * grid.width + step.x)
        }
    }
}
