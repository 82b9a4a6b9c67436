import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct PaneTests {
    @Test(
        "The grid depends on the number and the shape of the panes",
        arguments: [
            (1, 320, 240, 1, 1), (2, 320, 240, 2, 1), (3, 320, 240, 2, 2), (4, 320, 240, 2, 2), (4, 1280, 720, 2, 2),
            (3, 360, 640, 3, 1), (4, 360, 640, 4, 1), (5, 320, 240, 3, 2), (7, 320, 240, 4, 2), (6, 1280, 720, 3, 2),
            (9, 320, 240, 3, 3),
            (2, 1920, 400, 1, 2), (16, 320, 240, 4, 4),
        ])
    func grid(_ count: Int, _ width: Int, _ height: Int, _ columns: Int, _ rows: Int) throws {
        let layout = try PaneLayout(count: count, width: width, height: height)
        #expect((layout.columns, layout.rows) == (columns, rows))
    }

    @Test("Panes are inside the frame, do not overlap, and are below their titles", arguments: 1...16)
    func placesAreApart(_ count: Int) throws {
        for (width, height) in [(320, 240), (96, 64), (1920, 1080), (361, 641), (4096, 17)] {
            let layout = try PaneLayout(count: count, width: width, height: height)
            #expect(layout.width <= PaneLayout.largest.width && layout.height <= PaneLayout.largest.height)
            #expect([layout.width, layout.height, layout.paneWidth, layout.paneHeight].allSatisfy { $0 % 2 == 0 })
            var taken: Set<[Int]> = []
            for index in 0..<count {
                let (title, pane) = (layout.titleOrigin(index), layout.paneOrigin(index))
                #expect(title.x == pane.x && title.y + layout.titleHeight == pane.y)
                #expect(pane.x % 2 == 0 && pane.y % 2 == 0)
                #expect(title.x > 0 && title.y > 0)
                #expect(pane.x + layout.paneWidth < layout.width && pane.y + layout.paneHeight < layout.height)
                // The corners of the grid's cells: the cells do not overlap if their corners are apart.
                #expect(taken.insert([title.x, title.y]).inserted)
            }
            #expect(Set(taken.map { $0[0] }).count <= layout.columns)
            #expect(Set(taken.map { $0[1] }).count <= layout.rows)
        }
    }

    @Test("Panes have the source's size if all fit, and have square pixels")
    func paneSize() throws {
        let small = try PaneLayout(count: 4, width: 320, height: 240)
        #expect((small.paneWidth, small.paneHeight) == (320, 240))
        let tiny = try PaneLayout(count: 4, width: 96, height: 64)
        #expect((tiny.paneWidth, tiny.paneHeight) == (240, 160))
        let large = try PaneLayout(count: 4, width: 1920, height: 1080)
        #expect(large.paneWidth > 860 && large.paneWidth < 960)
        #expect(abs(Double(large.paneHeight) * 16 / 9 - Double(large.paneWidth)) < 2)
        let anamorphic = try PaneLayout(count: 2, width: 352, height: 288, aspect: Rational(12, 11))
        #expect((anamorphic.paneWidth, anamorphic.paneHeight) == (384, 288))
        let asked = try PaneLayout(count: 2, width: 1920, height: 1080, paneWidth: 101)
        #expect((asked.paneWidth, asked.paneHeight) == (102, 56) || (asked.paneWidth, asked.paneHeight) == (100, 56))
    }

    @Test("Too many panes and too large panes are refused")
    func refusals() {
        for count in [0, 17] {
            #expect { try PaneLayout(count: count, width: 64, height: 48) } throws: {
                ($0 as? MediaError)?.code == .refused
            }
        }
        #expect { try PaneLayout(count: 16, width: 64, height: 48, paneWidth: 3840) } throws: {
            ($0 as? MediaError)?.reason.contains("7680x4320") == true
        }
    }

    /// Each pane has one grey value; all other pixels are background or titles.
    @Test("Every pixel belongs to a pane, a title or the background")
    func pixels() throws {
        let source = Fixtures.source(width: 240, height: 100)
        let layout = try PaneLayout(count: 3, width: source.width, height: source.height)
        let sheet = PaneSheet(layout: layout, source: source)
        let titles = [PaneTitle("clip.mp4", detail: "left 98 %"), PaneTitle("gradient"), PaneTitle("grad-cam")]
        let canvas = try sheet.canvas(titles: titles, pts: 7, duration: 3)
        #expect(canvas.pts == 7 && canvas.duration == 3)
        for index in 0..<3 {
            let frame = try Fixtures.frame(width: layout.paneWidth, height: layout.paneHeight)
            for plane in 0..<3 {
                let (base, stride) = try #require(Fixtures.plane(plane, of: frame.buffer.pointer))
                let rows = plane == 0 ? layout.paneHeight : layout.paneHeight / 2
                base.update(repeating: UInt8(100 + 10 * index + plane), count: stride * rows)
            }
            sheet.paste(try CanvasMaker(format: sheet.paneFormat).canvas(of: frame), at: index, on: canvas)
        }
        for plane in 0..<3 {
            let step = plane == 0 ? 1 : 2
            let samples = Fixtures.samples(canvas, plane: plane)
            let width = layout.width / step
            var ground = Set<UInt8>()
            for y in 0..<layout.height / step {
                for x in 0..<width {
                    let (px, py) = (x * step, y * step)
                    let pane = (0..<3).first { index in
                        let origin = layout.paneOrigin(index)
                        return (origin.x..<origin.x + layout.paneWidth).contains(px)
                            && (origin.y..<origin.y + layout.paneHeight).contains(py)
                    }
                    let isTitle = (0..<3).contains { index in
                        let origin = layout.titleOrigin(index)
                        return (origin.x..<origin.x + layout.paneWidth).contains(px)
                            && (origin.y..<origin.y + layout.titleHeight).contains(py)
                    }
                    let sample = samples[y * width + x]
                    if let pane {
                        #expect(sample == UInt8(100 + 10 * pane + plane))
                    } else if !isTitle || plane > 0 {
                        ground.insert(sample)
                    }
                }
            }
            #expect(ground.count == 1, "plane \(plane)")
            if plane > 0 { #expect(ground == [128]) }
        }
        func ink(_ index: Int, _ part: Range<Int>) -> Int {
            let samples = Fixtures.samples(canvas, plane: 0)
            let origin = layout.titleOrigin(index)
            return (origin.y..<origin.y + layout.titleHeight).reduce(0) { count, y in
                count + part.count { samples[y * layout.width + origin.x + $0] > 150 }
            }
        }
        let half = layout.paneWidth / 2
        #expect(ink(0, 0..<half) > 50 && ink(0, half..<layout.paneWidth) > 50)
        #expect(ink(1, 0..<half) > 50 && ink(1, half..<layout.paneWidth) == 0)
    }

    @Test("A changed title is drawn again, and frames do not change each other")
    func titlesChange() throws {
        let source = Fixtures.source(width: 240, height: 100)
        let layout = try PaneLayout(count: 1, width: 240, height: 100)
        let sheet = PaneSheet(layout: layout, source: source)
        let first = try sheet.canvas(titles: [PaneTitle("a", detail: "left")], pts: 0, duration: 1)
        let before = Fixtures.samples(first, plane: 0)
        let same = try sheet.canvas(titles: [PaneTitle("a", detail: "left")], pts: 1, duration: 1)
        #expect(Fixtures.samples(same, plane: 0) == before)
        let other = try sheet.canvas(titles: [PaneTitle("a", detail: "right")], pts: 2, duration: 1)
        #expect(Fixtures.samples(other, plane: 0) != before)
        let frame = try Fixtures.frame(width: layout.paneWidth, height: layout.paneHeight)
        sheet.paste(try CanvasMaker(format: sheet.paneFormat).canvas(of: frame), at: 0, on: other)
        #expect(Fixtures.samples(first, plane: 0) == before)
        let again = try sheet.canvas(titles: [PaneTitle("a", detail: "left")], pts: 3, duration: 1)
        #expect(Fixtures.samples(again, plane: 0) == before)
        // A title of any length stays within its strip.
        let long = String(repeating: "W", count: 300)
        _ = try sheet.canvas(titles: [PaneTitle(long, detail: long)], pts: 4, duration: 1)
    }
}
