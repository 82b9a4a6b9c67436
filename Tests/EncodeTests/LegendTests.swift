import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

/// The crop's outline and the legend, sample by sample.
@Suite struct LegendTests {
    private func canvas(_ width: Int, _ height: Int, grey: UInt8 = 100) throws -> Canvas {
        let canvas = try Canvas(
            blank: CanvasFormat(width: width, height: height, color: ColorDescription()), pts: 0, duration: 1)
        for plane in 0..<3 {
            canvas.withPlane(plane) { pixels in
                for y in 0..<pixels.height {
                    pixels.row(y).update(repeating: plane == 0 ? grey : 128, count: pixels.width)
                }
            }
        }
        return canvas
    }

    private func luma(_ canvas: borrowing Canvas) -> [[UInt8]] {
        var rows: [[UInt8]] = []
        canvas.withPlane(0) { pixels in
            rows = (0..<pixels.height).map { y in (0..<pixels.width).map { pixels.row(y)[$0] } }
        }
        return rows
    }

    private func overlay(_ canvas: borrowing Canvas, _ mapping: FrameMapping, outlinesCrop: Bool) throws {
        try Overlay(
            format: canvas.format, mapping: mapping, colormap: .turbo, opacity: 0.7, outlinesCrop: outlinesCrop
        ).draw(HeatPlane(width: 4, height: 4, values: [UInt8](repeating: 0, count: 16)), on: canvas)
    }

    @Test(
        "The outline is on the outermost pixels of the crop, on the sides where the frame extends beyond it",
        arguments: [false, true])
    func outline(_ hasRowsBeyond: Bool) throws {
        let canvas = try canvas(96, 64)
        // The middle 48 columns, and all rows or rows 8 to 56.
        let mapping = FrameMapping(
            clipWidth: 4, clipHeight: 4, originX: 24, originY: hasRowsBeyond ? 8 : 0, scaleX: 12,
            scaleY: hasRowsBeyond ? 12 : 16)
        try overlay(canvas, mapping, outlinesCrop: true)
        let rows = luma(canvas)
        let inside = hasRowsBeyond ? 8..<56 : 0..<64
        for y in 0..<64 {
            for x in 0..<96 {
                let onSide = (x == 24 || x == 71) && inside.contains(y)
                let onEnd = hasRowsBeyond && (y == 8 || y == 55) && (24..<72).contains(x)
                #expect((rows[y][x] != 100) == (onSide || onEnd), "\(x), \(y)")
            }
        }
        // Light and dark pixels alternate: the line is visible on any background.
        let side = inside.map { rows[$0][24] }
        #expect(side.contains { $0 > 160 } && side.contains { $0 < 60 })
    }

    @Test("There is no outline if the crop is the whole frame or none is asked for")
    func noOutline() throws {
        let whole = FrameMapping(clipWidth: 4, clipHeight: 4, originX: 0, originY: 0, scaleX: 24, scaleY: 16)
        let letterbox = FrameMapping(clipWidth: 4, clipHeight: 4, originX: 0, originY: -16, scaleX: 24, scaleY: 24)
        let crop = FrameMapping(clipWidth: 4, clipHeight: 4, originX: 16, originY: 0, scaleX: 16, scaleY: 16)
        for (mapping, outlines) in [(whole, true), (letterbox, true), (crop, false)] {
            let canvas = try canvas(96, 64)
            try overlay(canvas, mapping, outlinesCrop: outlines)
            #expect(luma(canvas).allSatisfy { $0.allSatisfy { $0 == 100 } })
        }
    }

    private func legend(_ canvas: borrowing Canvas, _ colormap: Colormap = .turbo, duration: Double?) -> LegendPainter {
        LegendPainter(
            format: canvas.format, colormap: colormap, opacity: 0.7, method: "guided-backprop", duration: duration)
    }

    @Test(
        "The legend is visible, and within the upper left half of any frame",
        arguments: [(1920, 1080), (340, 256), (64, 64), (63, 65), (33, 32), (32, 240), (16, 16)])
    func fits(_ width: Int, _ height: Int) throws {
        let canvas = try canvas(width, height)
        let legend = legend(canvas, duration: 2)
        for step in 0..<5 {
            try legend.draw(
                LegendPainter.Answer(text: "moving right 99 %", name: "moving right", probability: 0.99),
                at: Double(step) / 2, on: canvas)
        }
        let rows = luma(canvas)
        let changed = rows.indices.filter { y in rows[y].contains { $0 != 100 } }
        #expect((changed.last ?? 0) < height / 2 + max(height / 40, 7) + 4)
        #expect(changed.isEmpty == (height < 34), "\(width)x\(height)")
    }

    @Test("The strip shows the probability over time for the whole video")
    func whole() {
        var strip = ConfidenceStrip(width: 10, duration: 5)
        strip.add(("a", 0.5), at: 0)
        strip.add(("a", 1), at: 1.1)
        strip.add(nil, at: 2.1)
        strip.add(("b", 0.25), at: 3)
        strip.add(("b", 0.75), at: 99)
        let (half, full, none) = (
            ConfidenceStrip.Column(probability: 0.5, isOdd: false),
            ConfidenceStrip.Column(probability: 1, isOdd: false), ConfidenceStrip.Column?.none
        )
        let (quarter, most) = (
            ConfidenceStrip.Column(probability: 0.25, isOdd: true),
            ConfidenceStrip.Column(probability: 0.75, isOdd: true)
        )
        #expect(strip.columns == [half, full, full, none, none, quarter, quarter, most, most, most])
        #expect(strip.cursor == 9)
    }

    @Test("If the length is unknown, the strip shows the last minute")
    func sliding() {
        var strip = ConfidenceStrip(width: 6, duration: nil)
        for step in 0..<4 { strip.add(("a", Double(step) / 10), at: Double(step) * 10) }
        #expect(strip.columns.map { $0?.probability } == [0, 0.1, 0.2, 0.3, nil, nil] && strip.cursor == 3)
        for step in 4..<9 { strip.add(("a", Double(step) / 10), at: Double(step) * 10) }
        #expect(strip.columns.map { $0?.probability } == [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] && strip.cursor == 5)
        strip.add(("a", 1), at: 1e6)
        #expect(strip.columns.map { $0?.probability } == [1, 1, 1, 1, 1, 1])
        strip.add(("a", 0), at: .nan)
        strip.add(("a", 0), at: -1)
        #expect(strip.columns.map { $0?.probability } == [1, 1, 1, 1, 1, 1])
    }

    @Test(
        "The ends of the scale have the colours of the heatmap, for signed heat on both sides",
        arguments: [Colormap.turbo, .coolwarm])
    func scale(_ colormap: Colormap) throws {
        let canvas = try canvas(340, 256)
        try legend(canvas, colormap, duration: 2).draw(nil, at: 0, on: canvas)
        var red: [UInt8] = []
        canvas.withPlane(2) { pixels in
            red = (0..<64).flatMap { y in (0..<pixels.width).map { pixels.row(y)[$0] } }
        }
        // The hottest colour is red; evidence against is blue without red, and zero heat has no colour.
        #expect((red.max() ?? 0) > 155)
        var blue: [UInt8] = []
        canvas.withPlane(1) { pixels in
            blue = (0..<64).flatMap { y in (0..<pixels.width).map { pixels.row(y)[$0] } }
        }
        if colormap.sign == .signed { #expect((blue.max() ?? 0) > 150) }
    }
}
