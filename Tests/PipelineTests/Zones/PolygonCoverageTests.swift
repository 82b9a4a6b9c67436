import Media
import TestSupport
import Testing

@testable import Pipeline

@Suite struct PolygonCoverageTests {
    private func coverage(_ text: String, _ columns: Int, _ rows: Int) throws -> [Double] {
        PolygonCoverage(try Polygon(text), columns: columns, rows: rows) { point in
            Polygon.Point(x: point.x * Double(columns), y: point.y * Double(rows))
        }.values
    }

    private func expect(
        _ values: [Double], _ expected: [Double], _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(values.count == expected.count, sourceLocation: location)
        for (value, right) in zip(values, expected) {
            #expect(abs(value - right) < 1e-12, "\(values)", sourceLocation: location)
        }
    }

    @Test func aRectangleCoversCellsByTheirAreas() throws {
        // Columns 0.5 to 2.25 of four, and rows 0.75 to 2 of three.
        let values = try coverage("0.125,0.25 0.5625,0.25 0.5625,0.6666666666666666 0.125,0.6666666666666666", 4, 3)
        expect(
            values,
            [
                0.125, 0.25, 0.0625, 0,
                0.5, 1, 0.25, 0,
                0, 0, 0, 0,
            ])
    }

    @Test func aTriangleCoversHalfOfTheCellsOnItsDiagonal() throws {
        expect(
            try coverage("0,0 1,0 0,1", 4, 4),
            [
                1, 1, 1, 0.5,
                1, 1, 0.5, 0,
                1, 0.5, 0, 0,
                0.5, 0, 0, 0,
            ])
    }

    /// Its long edge has a slope of one half: it cuts cells into trapezia and triangles.
    @Test func aFlatTriangle() throws {
        expect(try coverage("0,0 1,1 0,1", 4, 2), [0.75, 0.25, 0, 0, 1, 1, 0.75, 0.25])
    }

    @Test func figureOfEightCoversItsTwoTriangles() throws {
        expect(try coverage("0,0 1,1 1,0 0,1", 2, 2), [0.5, 0.5, 0.5, 0.5])
        expect(try coverage("0,0 1,0 0,1 1,1", 2, 2), [0.5, 0.5, 0.5, 0.5])
    }

    @Test func holeIsOutside() throws {
        let ring = "0,0 1,0 1,1 0,1 0,0 0.25,0.25 0.75,0.25 0.75,0.75 0.25,0.75 0.25,0.25"
        expect(try coverage(ring, 4, 4), [1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1])
    }

    /// 100 x 50 pixels, of which the centre crop of 50 x 50 is divided into 5 x 5 cells.
    private let crop = FrameMapping(clipWidth: 5, clipHeight: 5, originX: 25, originY: 0, scaleX: 10, scaleY: 10)

    @Test func areaOutsideTheCropIsIgnored() throws {
        func coverage(_ text: String) throws -> [Double] {
            PolygonCoverage(try Polygon(text), mapping: crop, sourceWidth: 100, sourceHeight: 50).values
        }
        expect(try coverage("0,0 0.25,0 0.25,1 0,1"), [Double](repeating: 0, count: 25))
        expect(try coverage("0,0 1,0 1,1 0,1"), [Double](repeating: 1, count: 25))
        // The left half extends to pixel 50: two and a half cells of every row.
        let half = try coverage("0,0 0.5,0 0.5,1 0,1")
        expect(half, (0..<25).map { [1, 1, 0.5, 0, 0][$0 % 5] })
        // A corner that extends beyond the crop on two sides.
        let corner = try coverage("0,0 0.4,0 0.4,0.3 0,0.3")
        expect(corner, [1, 0.5, 0, 0, 0, 0.5, 0.25, 0, 0, 0] + [Double](repeating: 0, count: 15))
    }

    /// 100 x 50 pixels in a square, with bars above and below: the frame occupies the middle half of the rows.
    @Test func barsAreNotPartOfTheFrame() throws {
        let mapping = FrameMapping(clipWidth: 4, clipHeight: 4, originX: 0, originY: -25, scaleX: 25, scaleY: 25)
        let values = PolygonCoverage(
            try Polygon("0,0 1,0 1,1 0,1"), mapping: mapping, sourceWidth: 100, sourceHeight: 50
        ).values
        expect(values, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    }

    /// Cells add up to the whole, for polygons of any shape.
    @Test func cellsAddUpToTheArea() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let points = (0..<Int.random(in: 3...12, using: &random)).map { _ in
                Polygon.Point(
                    x: Double.random(in: 0...1, using: &random), y: Double.random(in: 0...1, using: &random))
            }
            let polygon = try Polygon(points)
            let values = PolygonCoverage(polygon, columns: 17, rows: 13) { .init(x: $0.x * 17, y: $0.y * 13) }.values
            #expect(values.allSatisfy { (0...1).contains($0) })
            #expect(abs(values.reduce(0, +) / 221 - polygon.area) < 1e-9, "\(polygon.text)")
        }
    }
}
