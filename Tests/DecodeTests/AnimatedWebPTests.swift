import Media
import TestSupport
import Testing

@testable import Decode

struct AnimatedWebPTests {
    private static let canEncode = MediaFactory.hasEncoder("libwebp_anim")

    private func make(_ path: String, _ source: String = "testsrc2=s=64x48:r=10:d=0.5") throws {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", source, "-c:v", "libwebp_anim", "-lossless", "1", "-pix_fmt", "bgra", "-loop", "0",
            path,
        ])
    }

    @Test("Frames and times equal those of the source", .enabled(if: canEncode))
    func frames() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webp")
        try make(path)
        let source = try SourceOpener.open(path)
        let p = source.properties
        #expect((p.width, p.height, p.estimatedFrameCount) == (64, 48, 5))
        #expect(abs(p.averageFrameRate.value - 10) < 0.01 && p.duration == 0.5)
        let reading = try Reading(source)
        #expect(
            reading.frames.map(\.pts) == [0, 100, 200, 300, 400] && reading.frames.map(\.index) == [0, 1, 2, 3, 4])
        #expect(reading.frames.allSatisfy { $0.duration == 100 } && reading.warnings.isEmpty)
        let converter = try FrameConverter(source: p, preparation: .unchanged(p))
        let original = directory.file("a.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.5", "-c:v", "ffv1", "-pix_fmt", "bgra", original,
        ])
        #expect(try reading.frames.flatMap { try converter.convert($0).bytes } == MediaFactory.rgbFrames(original))
    }

    @Test("Transparent parts are composited over the background", .enabled(if: canEncode))
    func transparency() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webp")
        try make(path, "color=s=64x48:r=10:d=0.3,format=rgba,geq=r=200:g=40:b=60:a='if(lt(X,32),0,255)'")
        let source = try SourceOpener.open(path)
        let reading = try Reading(source)
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let bytes = try converter.convert(try #require(reading.frames.last)).bytes
        #expect(bytes[..<3].elementsEqual([0, 0, 0]) && bytes[63 * 3..<64 * 3].elementsEqual([200, 40, 60]))
        #expect(reading.count(.transparency) == reading.frames.count)
    }

    @Test("Damaged files, files that are too large and single images are refused", .enabled(if: canEncode))
    func refused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webp")
        try make(path)
        let whole = try directory.bytes(of: "a.webp")
        for count in [30, 31, 60, whole.count / 2, whole.count - 20] {
            let cut = try directory.write(Array(whole.prefix(count)), to: "cut.webp")
            #expect(throws: MediaError.self) { _ = try Reading(try SourceOpener.open(cut)).frames.count == 5 }
        }
        var options = SourceOptions()
        options.input.maximumPixels = 64 * 48 - 1
        let error = #expect(throws: MediaError.self) { try SourceOpener.open(path, options: options) }
        #expect(error?.code == .refused)
        let single = directory.file("b.webp")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.04", "-frames:v", "1", "-c:v", "libwebp", single,
        ])
        #expect(!AnimatedWebP.isAnimation(single))
    }

    @Test("Damage at any position results in an error or in fewer frames", .enabled(if: canEncode))
    func fuzz() throws {
        let directory = try TemporaryDirectory()
        try make(directory.file("a.webp"))
        let whole = try directory.bytes(of: "a.webp")
        var random = SeededGenerator(seed: 5)
        var read = 0
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 12..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let path = try directory.write(bytes, to: "f.webp")
            var options = SourceOptions()
            options.input.maximumPixels = 256 * 256
            guard let source = try? SourceOpener.open(path, options: options), let reading = try? Reading(source) else {
                continue
            }
            read += 1
            #expect(reading.frames.allSatisfy { $0.width * $0.height <= 256 * 256 })
        }
        #expect(read > 0)
    }
}
