import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode

/// Frames with transparent parts.
struct TransparencyTests {
    /// Columns 0…31 transparent, 32…47 half, 48…63 opaque, all of the colour 200, 40, 60.
    private static let columns = "geq=r=200:g=40:b=60:a='if(lt(X,32),0,if(lt(X,48),128,255))'"

    private func make(_ path: String, _ more: [String]) throws {
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "color=s=64x48:r=25:d=0.2,format=rgba,\(Self.columns)"] + more + [path])
    }

    private func open(_ path: String, _ background: BackgroundColor = .black) throws -> (Reading, [UInt8]) {
        var options = SourceOptions()
        options.input.background = background
        let source = try SourceOpener.open(path, options: options)
        let reading = try Reading(source)
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        return (reading, try converter.convert(try #require(reading.frames.first)).bytes)
    }

    /// The pixel at column `x` of the middle row.
    private func pixel(_ bytes: [UInt8], _ x: Int) -> [Int] {
        (0..<3).map { Int(bytes[(24 * 64 + x) * 3 + $0]) }
    }

    @Test(
        "Frames are composited over the background bit for bit",
        arguments: [
            (BackgroundColor.black, [0, 0, 0], [100, 20, 30]),
            (BackgroundColor(red: 255, green: 255, blue: 255), [255, 255, 255], [227, 147, 157]),
            (BackgroundColor(red: 10, green: 200, blue: 0), [10, 200, 0], [105, 120, 30]),
        ])
    func frames(_ background: BackgroundColor, _ hidden: [Int], _ half: [Int]) throws {
        let directory = try TemporaryDirectory()
        for index in 0..<2 { try make(directory.file("p\(index).png"), ["-frames:v", "1", "-update", "1"]) }
        let (reading, bytes) = try open(directory.path, background)
        #expect(pixel(bytes, 5) == hidden)
        #expect(pixel(bytes, 40) == half)
        #expect(pixel(bytes, 60) == [200, 40, 60])
        let warning = try #require(reading.warnings.first { $0.kind == .transparency })
        #expect(warning.message.hasPrefix("2 frames with transparency shown on \(background)"), "\(warning.message)")
    }

    @Test("16 bits, and grey with alpha", arguments: ["rgba64be", "ya8", "ya16be"])
    func depths(format: String) throws {
        let directory = try TemporaryDirectory()
        try make(directory.file("p1.png"), ["-pix_fmt", format, "-frames:v", "1", "-update", "1"])
        let (_, bytes) = try open(directory.path)
        #expect(pixel(bytes, 5) == [0, 0, 0])
        let opaque = pixel(bytes, 60)
        let half = pixel(bytes, 40)
        #expect(format.hasPrefix("ya") || zip(opaque, [200, 40, 60]).allSatisfy { abs($0 - $1) <= 1 }, "\(opaque)")
        #expect(zip(half, opaque).allSatisfy { abs($0 - ($1 * 128 + 127) / 255) <= 1 }, "\(half), \(opaque)")
    }

    @Test("GIF")
    func gif() throws {
        let path = try TemporaryDirectory()
        let file = path.file("a.gif")
        try make(
            file, ["-vf", "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse=alpha_threshold=64"])
        let (reading, bytes) = try open(file)
        #expect(pixel(bytes, 5) == [0, 0, 0])
        #expect(zip(pixel(bytes, 60), [200, 40, 60]).allSatisfy { abs($0 - $1) <= 8 })
        #expect(reading.count(.transparency) == reading.frames.count)
    }

    /// FFmpeg's own VP8 and VP9 decoders ignore alpha and would show the hidden colours.
    @Test("WebM", arguments: ["libvpx-vp9", "libvpx"])
    func webm(codec: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webm")
        try make(path, ["-c:v", codec, "-pix_fmt", "yuva420p", "-b:v", "2M", "-auto-alt-ref", "0"])
        let (reading, bytes) = try open(path)
        #expect(reading.frames.count == 5 && reading.count(.transparency) == 5)
        #expect(pixel(bytes, 5).allSatisfy { $0 <= 6 }, "\(pixel(bytes, 5))")
        #expect(zip(pixel(bytes, 60), [200, 40, 60]).allSatisfy { abs($0 - $1) <= 10 }, "\(pixel(bytes, 60))")
        let (_, white) = try open(path, BackgroundColor(red: 255, green: 255, blue: 255))
        #expect(pixel(white, 5).allSatisfy { $0 >= 249 }, "\(pixel(white, 5))")
    }

    @Test("ProRes 4444 and QuickTime animation", arguments: [["prores_ks", "yuva444p10le"], ["qtrle", "argb"]])
    func mov(_ codec: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.mov")
        try make(path, ["-c:v", codec[0], "-pix_fmt", codec[1]])
        let (_, bytes) = try open(path)
        #expect(pixel(bytes, 5).allSatisfy { $0 <= 2 }, "\(pixel(bytes, 5))")
        #expect(zip(pixel(bytes, 60), [200, 40, 60]).allSatisfy { abs($0 - $1) <= 6 }, "\(pixel(bytes, 60))")
    }

    @Test("Opaque frames keep their samples and are not copied")
    func opaque() throws {
        for (format, expected) in [(AV_PIX_FMT_BGRA, AV_PIX_FMT_BGR0), (AV_PIX_FMT_YUVA420P, AV_PIX_FMT_YUV420P)] {
            let frame = try TestFrames.buffer(width: 8, height: 6, format: format) { plane, x, y, component in
                plane == 3 || component == 3 ? 255 : 40 + x + y
            }
            let pixels = frame.plane(0)?.base
            var compositor = FrameCompositor(background: .black)
            var color = ColorDescription()
            let result = try compositor.composited(frame, color: &color)
            #expect(result.pointer.pointee.format == expected.rawValue)
            #expect(result.plane(0)?.base == pixels && compositor.count == 0)
        }
    }

    @Test("Chroma is blended with the mean alpha of its luma samples")
    func chroma() throws {
        // Alpha 1023 in the left column of each pair, 0 in the right; limited range, 10 bits.
        let frame = try TestFrames.buffer(width: 4, height: 4, format: AV_PIX_FMT_YUVA420P10LE) { plane, x, _, _ in
            plane == 3 ? (x % 2 == 0 ? 1023 : 0) : plane == 0 ? 800 : 700
        }
        var compositor = FrameCompositor(background: .black)
        var color = ColorDescription(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709)
        let result = try compositor.composited(frame, color: &color)
        #expect(result.pointer.pointee.format == AV_PIX_FMT_YUV420P10LE.rawValue)
        func sample(_ plane: Int, _ x: Int) -> Int? {
            result.plane(plane).map { Int($0.base[2 * x]) | Int($0.base[2 * x + 1]) << 8 }
        }
        #expect((0..<4).map { sample(0, $0) } == [800, 64, 800, 64])
        #expect((0..<2).map { sample(1, $0) } == [606, 606])
    }

    @Test("Colours by name and number")
    func colors() {
        #expect(BackgroundColor("black") == .black)
        #expect(BackgroundColor("White") == BackgroundColor(red: 255, green: 255, blue: 255))
        #expect(BackgroundColor("#0aC8ff") == BackgroundColor(red: 10, green: 200, blue: 255))
        for text in ["", "#12345", "#1234567", "#gggggg", "random", "red@0.5", "nosuchcolour", "0xFF0000"] {
            #expect(BackgroundColor(text) == nil, "\(text)")
        }
        for color in [BackgroundColor.black, BackgroundColor(red: 1, green: 16, blue: 255)] {
            #expect(BackgroundColor("\(color)") == color)
        }
    }
}
