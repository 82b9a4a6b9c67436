/// Where the boxes of an occlusion lie: columns run fastest, frames slowest, so that one box and the next mostly cover the
/// same frames.
struct OccluderBoxes {
    /// The boxes' ranges along each axis.
    private let frames: [Range<Int>]
    private let rows: [Range<Int>]
    private let columns: [Range<Int>]

    init(shape: ClipShape, box: Occlusion.Box, stride: Occlusion.Box) {
        frames = Self.ranges(shape.frames, box.frames, stride.frames)
        rows = Self.ranges(shape.height, box.height, stride.height)
        columns = Self.ranges(shape.width, box.width, stride.width)
    }

    var count: Int { frames.count * rows.count * columns.count }

    /// One box, cut at the clip's ends.
    subscript(number: Int) -> SpaceTimeBox {
        SpaceTimeBox(
            frames: frames[number / columns.count / rows.count], rows: rows[number / columns.count % rows.count],
            columns: columns[number % columns.count])
    }

    /// Each sum over boxes `[T, H, W]` by the number of boxes that cover its position; 0 where strides leave a gap.
    func means(of sums: [Double]) -> [Float] {
        let covers = [frames, rows, columns].map(Self.covers)
        let (height, width) = (covers[1].count, covers[2].count)
        return sums.enumerated().map { index, sum in
            let cover = covers[0][index / width / height] * covers[1][index / width % height] * covers[2][index % width]
            return cover > 0 ? Float(sum / Double(cover)) : 0
        }
    }

    private static func ranges(_ size: Int, _ box: Int, _ stride: Int) -> [Range<Int>] {
        let (box, step) = (min(max(box, 1), size), min(max(stride, 1), size))
        let count = 1 + (size - box + step - 1) / step
        return (0..<count).map { $0 * step..<min($0 * step + box, size) }
    }

    /// How many ranges hold each element; the last range ends where the axis does.
    private static func covers(_ ranges: [Range<Int>]) -> [Int] {
        var covers = [Int](repeating: 0, count: ranges.map(\.upperBound).max() ?? 0)
        for element in ranges.joined() { covers[element] += 1 }
        return covers
    }
}
