import CFFmpeg
import Foundation
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct FrameTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Smooth colours with hard edges in red, green and blue.
    func image(width: Int, height: Int, channels: Int) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    let block = x * 4 / width == channel && y * 2 / height == 0
                    bytes.append(block ? 230 : UInt8(20 + 150 * (channel == 1 ? y : x) / max(width, height)))
                }
            }
        }
        return Image(width: width, height: height, channels: channels, bytes: bytes)
    }

    /// The pixels that the `ffmpeg` command reads.
    func read(_ path: String, channels: Int) throws -> [UInt8] {
        [UInt8](
            try MediaFactory.ffmpeg([
                "-i", path, "-f", "rawvideo", "-pix_fmt", channels == 1 ? "gray" : "rgb24", "-",
            ]))
    }

    @Test(arguments: [(224, 224), (33, 17), (1, 1), (7, 100)], [1, 3])
    func pngIsExact(_ size: (Int, Int), _ channels: Int) throws {
        let image = image(width: size.0, height: size.1, channels: channels)
        let path = directory.file("a.png")
        try ImageFile.write(image, to: path)
        #expect(try read(path, channels: channels) == image.bytes)
        #expect(try directory.listing() == ["a.png"])
    }

    @Test(arguments: [(224, 224), (33, 17), (7, 100)], [1, 3])
    func jpegKeepsColours(_ size: (Int, Int), _ channels: Int) throws {
        let image = image(width: size.0, height: size.1, channels: channels)
        let path = directory.file("a.jpg")
        try ImageFile.write(image, to: path)
        let found = try read(path, channels: channels)
        #expect(found.count == image.bytes.count)
        let error = zip(found, image.bytes).reduce(0.0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
        }
        // 35 dB; limited range read as full, or BT.709 as BT.601, gives less than 28.
        #expect(error / Double(found.count) < 20)
    }

    @Test func imagesAreReplacedOnlyOnRequest() throws {
        let path = try directory.write([1], to: "a.jpg")
        let image = image(width: 8, height: 8, channels: 3)
        #expect(throws: MediaError.self) { try ImageFile.write(image, to: path) }
        #expect(try directory.bytes(of: "a.jpg") == [1])
        try ImageFile.write(image, to: path, replaces: true)
        #expect(try directory.bytes(of: "a.jpg").count > 100)
        #expect(throws: MediaError.self) { try ImageFile.write(image, to: directory.file("a.bmp")) }
    }

    @Test func contactSheetShowsAll() throws {
        var sheet = ContactSheet(columns: 2)
        #expect(sheet.rendered() == nil)
        for index in 0..<3 {
            let heat = HeatPlane(width: 40, height: 30, values: [UInt8](repeating: UInt8(100 * index), count: 1200))
            sheet.add(image(width: 40, height: 30, channels: 3), heat: heat, caption: "\(index) s")
        }
        let rendered = try #require(sheet.rendered())
        #expect(rendered.width == 2 * 44 + 4)
        // The first original is below its caption.
        let top = 4 + TextMask("0", capHeight: 7).height + 4
        let original = image(width: 40, height: 30, channels: 3)
        for y in 0..<30 {
            let row = ((top + y) * rendered.width + 4) * 3
            #expect(rendered.bytes[row..<row + 120] == original.bytes[y * 120..<y * 120 + 120])
        }
    }

    @Test func textFitsAndIsPlain() {
        // Characters that Unicode decomposes into an ASCII letter and accents.
        for scalar in (UInt32(0xA0)...0x1EFF).compactMap(Unicode.Scalar.init) {
            let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
            guard parts.count > 1, let letter = parts.first, letter.isASCII,
                parts.dropFirst().allSatisfy({ ("\u{300}"..."\u{36f}").contains($0) })
            else { continue }
            #expect(TextMask.printable(String(scalar)) == [Character(letter)], "\(scalar)")
        }
        #expect(String(TextMask.printable("Élan – “ß” 火")) == "Elan - \"ss\" \u{25a1}")
        let whole = TextMask("playing cricket", capHeight: 10)
        let cut = TextMask("playing cricket", capHeight: 10, maximumWidth: 60)
        #expect(whole.width > 60 && cut.width <= 60)
        #expect(whole.coverage.contains(255))
        #expect(TextMask("", capHeight: 10).coverage.allSatisfy { $0 == 0 })
    }

    @Test("Labels stay inside every image", arguments: [(16, 16), (33, 21), (320, 240), (64, 480)])
    func labelsFit(_ width: Int, _ height: Int) throws {
        let format = CanvasFormat(width: width, height: height, color: ColorDescription())
        let frame = try Fixtures.frame(width: width, height: height, format: format.pixelFormat, noise: 4)
        let maker = CanvasMaker(format: format)
        let canvas = try maker.canvas(of: frame)
        let painter = LabelPainter(format: format)
        try painter.draw(["playing cricket 93.1 %", "second line"], on: canvas)
        let before = try Fixtures.samples(maker.canvas(of: frame), plane: 0)
        let after = Fixtures.samples(canvas, plane: 0)
        if width >= 64 {
            // Text is white, its background is darkened, and all else is unchanged.
            #expect(after.contains(235))
            #expect(zip(before, after).filter { $0 != $1 }.count > 200)
        }
        if height >= 48 { #expect(before.suffix(width) == after.suffix(width)) }
    }

    @Test func sampleIsDeterministic() throws {
        var clip = SampleClip()
        clip.duration = 0.4
        try clip.write(to: directory.file("a.mp4"))
        try clip.write(to: directory.file("b.mp4"))
        #expect(try directory.bytes(of: "a.mp4") == directory.bytes(of: "b.mp4"))
        let entries = "stream=width,height,avg_frame_rate,nb_read_packets,duration"
        #expect(
            try MediaFactory.probe(directory.file("a.mp4"), ["-count_packets", "-show_entries", entries])
                == ["320,240,25/1,0.400000,10"])
        clip.seed = 2
        try clip.write(to: directory.file("c.mp4"))
        #expect(try directory.bytes(of: "a.mp4") != directory.bytes(of: "c.mp4"))
        #expect(throws: MediaError.self) { try clip.write(to: directory.file("c.mp4")) }
    }
}
