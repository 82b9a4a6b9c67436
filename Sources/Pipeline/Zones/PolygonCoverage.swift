import Media

/// The fraction of each cell of a grid inside a polygon: exact areas up to rounding errors.
///
/// The grid is divided into horizontal slabs at every row's edge, at every corner, wherever two edges cross, and
/// wherever an edge crosses a column's edge. Within a slab no edge leaves its column or meets another, so that the area
/// in each cell is its width at the slab's middle times the slab's height. One thread computes it in a fixed order: the
/// same polygon gives the same values everywhere.
struct PolygonCoverage {
    /// `[rows, columns]`, 0…1.
    private(set) var values: [Double]

    private typealias Edge = (from: Polygon.Point, to: Polygon.Point)

    private let columns: Int
    private let rows: Int

    /// - Parameters:
    ///   - columns: the grid's columns, at least 1.
    ///   - rows: the grid's rows, at least 1.
    ///   - place: the position of a point of the frame on the grid, in cells from its top left corner: a linear map of
    ///     each axis.
    init(_ polygon: Polygon, columns: Int, rows: Int, place: (Polygon.Point) -> Polygon.Point) {
        precondition(columns > 0 && rows > 0)
        self.columns = columns
        self.rows = rows
        values = [Double](repeating: 0, count: columns * rows)
        let corners = polygon.points.map(place)
        let edges: [Edge] = corners.indices.map { (corners[$0], corners[($0 + 1) % corners.count]) }
        var cuts = (0...rows).map(Double.init)
        for (index, edge) in edges.enumerated() {
            cuts.append(edge.from.y)
            addColumnCrossings(of: edge, to: &cuts)
            for other in edges[(index + 1)...] {
                if let y = Self.crossing(edge, other) { cuts.append(y) }
            }
        }
        cuts = cuts.filter { $0 >= 0 && $0 <= Double(rows) }.sorted()
        for (top, bottom) in zip(cuts, cuts.dropFirst()) where bottom > top { addSlab(top, bottom, edges) }
        for index in values.indices { values[index] = min(values[index], 1) }
    }

    /// The coverage of the network's frame by a polygon.
    ///
    /// - Parameters:
    ///   - mapping: the position of the network's frame in the source's.
    ///   - sourceWidth: width of the upright source, in pixels.
    ///   - sourceHeight: height of the upright source, in pixels.
    init(_ polygon: Polygon, mapping: FrameMapping, sourceWidth: Int, sourceHeight: Int) {
        self.init(polygon, columns: mapping.clipWidth, rows: mapping.clipHeight) { point in
            Polygon.Point(
                x: (point.x * Double(sourceWidth) - mapping.originX) / mapping.scaleX,
                y: (point.y * Double(sourceHeight) - mapping.originY) / mapping.scaleY)
        }
    }

    private func addColumnCrossings(of edge: Edge, to cuts: inout [Double]) {
        let (left, right) = (min(edge.from.x, edge.to.x), max(edge.from.x, edge.to.x))
        let first = max(left.rounded(.up), 0)
        let last = min(right.rounded(.down), Double(columns))
        guard right > left, first <= last else { return }
        let slope = (edge.to.y - edge.from.y) / (edge.to.x - edge.from.x)
        for column in Int(first)...Int(last) { cuts.append(edge.from.y + (Double(column) - edge.from.x) * slope) }
    }

    /// The height at which two edges cross; nil if they do not, or have the same direction.
    private static func crossing(_ first: Edge, _ second: Edge) -> Double? {
        let (dx, dy) = (first.to.x - first.from.x, first.to.y - first.from.y)
        let (ex, ey) = (second.to.x - second.from.x, second.to.y - second.from.y)
        let cross = dx * ey - dy * ex
        guard cross != 0 else { return nil }
        let (ox, oy) = (second.from.x - first.from.x, second.from.y - first.from.y)
        let (along, alongSecond) = ((ox * ey - oy * ex) / cross, (ox * dy - oy * dx) / cross)
        guard (0...1).contains(along), (0...1).contains(alongSecond) else { return nil }
        return first.from.y + along * dy
    }

    private mutating func addSlab(_ top: Double, _ bottom: Double, _ edges: [Edge]) {
        let middle = top + (bottom - top) / 2
        let row = min(Int(middle), rows - 1)
        var crossings: [Double] = []
        for (from, to) in edges where (from.y <= middle) != (to.y <= middle) {
            crossings.append(from.x + (middle - from.y) / (to.y - from.y) * (to.x - from.x))
        }
        crossings.sort()
        for index in stride(from: 0, to: crossings.count - 1, by: 2) {
            addSpan(crossings[index], crossings[index + 1], row: row, height: bottom - top)
        }
    }

    private mutating func addSpan(_ from: Double, _ to: Double, row: Int, height: Double) {
        let (left, right) = (max(from, 0), min(to, Double(columns)))
        guard right > left else { return }
        let (first, last) = (min(Int(left), columns - 1), min(Int(right), columns - 1))
        for column in first...last {
            let inside = min(right, Double(column + 1)) - max(left, Double(column))
            values[row * columns + column] += inside * height
        }
    }
}
