import Media
import Testing

@testable import Encode

@Suite struct RegionOutlineTests {
    /// The luma rows of a grey frame with an outline.
    private func luma(
        _ width: Int, _ height: Int, name: String = "", corners: [(x: Double, y: Double)]
    ) throws -> [[UInt8]] {
        let canvas = try Canvas(
            blank: CanvasFormat(width: width, height: height, color: ColorDescription()), pts: 0, duration: 1)
        for plane in 0..<3 {
            canvas.withPlane(plane) { pixels in
                for y in 0..<pixels.height { pixels.row(y).update(repeating: 100, count: pixels.width) }
            }
        }
        try RegionOutline(format: canvas.format, name: name, corners: corners).draw(on: canvas)
        var rows: [[UInt8]] = []
        canvas.withPlane(0) { pixels in
            rows = (0..<pixels.height).map { y in (0..<pixels.width).map { pixels.row(y)[$0] } }
        }
        return rows
    }

    private let rectangle: [(x: Double, y: Double)] = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]

    @Test func outlineIsOnTheEdgesAndVisibleOnAnyBackground() throws {
        let rows = try luma(96, 64, corners: rectangle)
        for y in 0..<64 {
            for x in 0..<96 {
                let onSide = (x == 24 || x == 72) && (16...48).contains(y)
                let onEnd = (y == 16 || y == 48) && (24...72).contains(x)
                #expect((rows[y][x] != 100) == (onSide || onEnd), "\(x), \(y)")
            }
        }
        let side = rows[16][24...72]
        #expect(side.contains { $0 > 160 } && side.contains { $0 < 60 })
    }

    @Test func nameIsInTheTopLeftCorner() throws {
        let (plain, named) = (
            try luma(96, 64, corners: rectangle), try luma(96, 64, name: "door", corners: rectangle)
        )
        let changed = plain.indices.flatMap { y in
            plain[y].indices.filter { plain[y][$0] != named[y][$0] }.map { (x: $0, y: y) }
        }
        #expect(changed.map(\.x).min() == 25 && changed.map(\.y).min() == 17)
        #expect(changed.allSatisfy { $0.y < 32 })
    }

    /// A polygon along the frame's edges and a name without enough room stay within the frame.
    @Test(arguments: [(96, 64), (33, 17), (2, 2), (1920, 1080)])
    func theWholeFrame(_ width: Int, _ height: Int) throws {
        let rows = try luma(
            width, height, name: "a long name", corners: [(0, 0), (1, 0), (1, 1), (0, 1)])
        for y in [0, height - 1] { #expect(rows[y].allSatisfy { $0 != 100 }) }
        for x in [0, width - 1] { #expect(rows.allSatisfy { $0[x] != 100 }) }
    }
}
