import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode

struct ConverterTests {
    private func noise(_ seed: UInt64, _ plane: Int, _ x: Int, _ y: Int, _ component: Int, depth: Int) -> Int {
        var random = SeededGenerator(seed: seed &+ UInt64(((plane * 8 + component) * 4096 + y) * 8192 + x))
        return Int(random.next() & ((1 << UInt64(depth)) - 1))
    }

    /// Only part of the source is converted for a crop; the result must equal that part of the converted whole.
    /// swscale's positions are multiples of 1/65536 of a sample, which are rounded differently for a part than for the
    /// whole: the difference is at most 1.
    @Test(arguments: [
        (1920, 1080, AV_PIX_FMT_YUV420P), (340, 256, AV_PIX_FMT_YUV420P), (426, 240, AV_PIX_FMT_YUV420P),
        (640, 360, AV_PIX_FMT_YUV420P10LE), (333, 257, AV_PIX_FMT_YUV420P), (720, 1280, AV_PIX_FMT_NV12),
        (512, 512, AV_PIX_FMT_YUV422P), (800, 256, AV_PIX_FMT_BGRA), (256, 800, AV_PIX_FMT_RGB24),
        (100, 60, AV_PIX_FMT_YUV444P), (1024, 576, AV_PIX_FMT_YUV410P),
    ])
    func cropEqualsCropOfTheWhole(width: Int, height: Int, format: AVPixelFormat) throws {
        let depth = PixelFormat(format)?.depth ?? 8
        let frame = try TestFrames.frame(width: width, height: height, format: format) { plane, x, y, component in
            noise(7, plane, x, y, component, depth: depth)
        }
        let properties = TestFrames.properties(width: width, height: height)
        let whole = try FrameConverter(source: properties, preparation: FramePreparation(fit: .full))
            .convert(frame)
        let crop = try FrameConverter(source: properties, preparation: FramePreparation()).convert(frame)
        #expect(crop.width == 224 && crop.height == 224)
        let left = (whole.width - 224) / 2
        let top = (whole.height - 224) / 2
        var largest = 0
        for y in 0..<224 {
            for x in 0..<224 * 3 {
                let expected = whole.bytes[((y + top) * whole.width + left) * 3 + x]
                largest = max(largest, abs(Int(crop.bytes[y * 224 * 3 + x]) - Int(expected)))
            }
        }
        #expect(largest <= 1)
    }

    /// Compared with FFmpeg's `scale` filter with the same settings: the same library through another interface.
    @Test(arguments: ["320x240", "426x240", "96x64"])
    func agreesWithFFmpegsScaler(size: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=\(size):r=5:d=0.6", "-pix_fmt", "yuv420p", "-c:v", "ffv1", path,
        ])
        let source = try SourceOpener.open(path)
        let converter = try FrameConverter(source: source.properties, preparation: FramePreparation(fit: .full))
        let frames = try Reading(source).frames.map { try converter.convert($0) }
        let first = try #require(frames.first)
        let expected = try MediaFactory.rgbFrames(
            path,
            filter: "scale=\(first.width):\(first.height):in_h_chr_pos=0:in_color_matrix=bt601:"
                + "flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgb24")
        #expect(frames.flatMap(\.bytes) == expected)
    }

    @Test func rgbOfTheNetworksSizeIsUntouched() throws {
        for format in [AV_PIX_FMT_RGB24, AV_PIX_FMT_BGR24, AV_PIX_FMT_BGRA, AV_PIX_FMT_GBRP] {
            let frame = try TestFrames.frame(width: 224, height: 224, format: format) { plane, x, y, component in
                noise(3, plane, x, y, component, depth: 8)
            }
            let converter = try FrameConverter(
                source: TestFrames.properties(width: 224, height: 224), preparation: FramePreparation())
            let bytes = try converter.convert(frame).bytes
            let order: [(plane: Int, component: Int)] =
                switch format {
                case AV_PIX_FMT_RGB24: [(0, 0), (0, 1), (0, 2)]
                case AV_PIX_FMT_GBRP: [(2, 0), (0, 0), (1, 0)]
                default: [(0, 2), (0, 1), (0, 0)]
                }
            let expected = (0..<224 * 224 * 3).map { i in
                let (plane, component) = order[i % 3]
                return UInt8(noise(3, plane, i / 3 % 224, i / 3 / 224, component, depth: 8))
            }
            #expect(bytes == expected)
            #expect(
                converter.mapping
                    == FrameMapping(
                        clipWidth: 224, clipHeight: 224, originX: 0, originY: 0, scaleX: 1, scaleY: 1))
        }
    }

    @Test func explicitShortSideResizesNetworkSizedFrames() throws {
        let geometry = try FrameGeometry(
            width: 224, height: 224, aspect: Rational(1, 1),
            preparation: FramePreparation(shortSideIsExplicit: true))
        #expect(geometry.resizedWidth == 256 && geometry.cropX == 16)
    }

    @Test func geometryOfEveryFit() throws {
        let crop = try FrameGeometry(
            width: 1920, height: 1080, aspect: Rational(1, 1), preparation: FramePreparation())
        #expect((crop.resizedWidth, crop.resizedHeight, crop.cropX, crop.cropY) == (455, 256, 115, 16))
        #expect(abs(crop.mapping.originX - 115 * 1920.0 / 455) < 1e-9)
        #expect(crop.mapping.scaleY == 1080.0 / 256)

        // 340x256 at 64:51 is shown as 426.67x256.
        let wide = try FrameGeometry(
            width: 340, height: 256, aspect: Rational(64, 51), preparation: FramePreparation(fit: .full))
        #expect((wide.clipWidth, wide.clipHeight) == (427, 256))
        #expect(wide.mapping.scaleX == 340.0 / 427 && wide.mapping.scaleY == 1)

        let tall = try FrameGeometry(
            width: 1080, height: 1920, aspect: Rational(1, 1),
            preparation: FramePreparation(fit: .full, shortSide: 32))
        #expect((tall.clipWidth, tall.clipHeight) == (32, 57))

        let boxed = try FrameGeometry(
            width: 1920, height: 1080, aspect: Rational(1, 1), preparation: FramePreparation(fit: .letterbox))
        #expect((boxed.resizedWidth, boxed.resizedHeight, boxed.cropX, boxed.cropY) == (224, 126, 0, -49))
        #expect(boxed.mapping.originY == -49 * 1080.0 / 126)

        // A short side below the network's frame is enlarged until it covers the frame.
        let small = try FrameGeometry(
            width: 640, height: 360, aspect: Rational(1, 1), preparation: FramePreparation(shortSide: 100))
        #expect((small.resizedHeight, small.cropY) == (224, 0))
    }

    @Test func invalidSettingsAreRefused() {
        for (width, height, preparation) in [
            (64, 64, FramePreparation(fit: .full, shortSide: 31)), (64, 64, FramePreparation(shortSide: 0)),
            (64, 64, FramePreparation(width: 0)), (64, 64, FramePreparation(shortSide: .max)),
            (8192, 1, FramePreparation()), (0, 10, FramePreparation()), (64, 64, FramePreparation(height: -3)),
        ] {
            #expect(throws: MediaError.self) {
                _ = try FrameGeometry(
                    width: width, height: height, aspect: Rational(1, 1), preparation: preparation)
            }
        }
    }

    @Test func letterboxBarsAreMidGrey() throws {
        let frame = try TestFrames.frame(width: 64, height: 32, format: AV_PIX_FMT_RGB24) { _, _, _, _ in 200 }
        let converter = try FrameConverter(
            source: TestFrames.properties(width: 64, height: 32),
            preparation: FramePreparation(fit: .letterbox, width: 48, height: 49))
        let clip = try converter.convert(frame)
        for y in 0..<49 {
            let expected: UInt8 = (12..<36).contains(y) ? 200 : 128
            #expect(clip.bytes[y * 48 * 3..<(y + 1) * 48 * 3].allSatisfy { $0 == expected })
        }
    }

    /// A bright spot of the source must be at the position that the mapping gives.
    @Test(arguments: FramePreparation.Fit.allCases, [(640, 360, 1), (360, 640, 1), (300, 400, 2), (227, 129, 1)])
    func mappingLocatesTheSpot(fit: FramePreparation.Fit, source: (width: Int, height: Int, aspect: Int)) throws {
        let (centerX, centerY) = (Double(source.width) * 0.5 + 11.5, Double(source.height) * 0.5 - 19.5)
        let frame = try TestFrames.frame(
            width: source.width, height: source.height, format: AV_PIX_FMT_RGB24
        ) { _, x, y, _ in
            let (dx, dy) = (Double(x) + 0.5 - centerX, Double(y) + 0.5 - centerY)
            return dx * dx + dy * dy < 81 ? 255 : 0
        }
        let converter = try FrameConverter(
            source: TestFrames.properties(
                width: source.width, height: source.height, aspect: Rational(Int32(source.aspect), 1)),
            preparation: FramePreparation(fit: fit))
        let clip = try converter.convert(frame)
        let mapping = converter.mapping
        #expect((mapping.clipWidth, mapping.clipHeight) == (clip.width, clip.height))
        var (sum, sumX, sumY) = (0.0, 0.0, 0.0)
        for y in 0..<clip.height {
            for x in 0..<clip.width {
                let value = Double(clip.bytes[(y * clip.width + x) * 3])
                guard value > 128 else { continue }
                sum += value
                sumX += value * (mapping.originX + (Double(x) + 0.5) * mapping.scaleX)
                sumY += value * (mapping.originY + (Double(y) + 0.5) * mapping.scaleY)
            }
        }
        // The spot is 18 source pixels wide; its centre is found to a fraction of a clip pixel.
        #expect(abs(sumX / sum - centerX) < 0.35 * mapping.scaleX)
        #expect(abs(sumY / sum - centerY) < 0.35 * mapping.scaleY)
    }

    @Test func framesOfAnotherSizeAreRefused() throws {
        let converter = try FrameConverter(
            source: TestFrames.properties(width: 64, height: 64), preparation: FramePreparation())
        let frame = try TestFrames.frame(width: 62, height: 64, format: AV_PIX_FMT_RGB24) { _, _, _, _ in 0 }
        #expect(throws: MediaError.self) { try converter.convert(frame) }
    }

    /// The converter's frame does not depend on the frames before it.
    @Test func formatMayChange() throws {
        let properties = TestFrames.properties(width: 64, height: 64)
        let shared = try FrameConverter(source: properties, preparation: FramePreparation())
        for format in [AV_PIX_FMT_YUV420P, AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P] {
            let frame = try TestFrames.frame(width: 64, height: 64, format: format) { plane, x, y, component in
                noise(5, plane, x, y, component, depth: 8)
            }
            let fresh = try FrameConverter(source: properties, preparation: FramePreparation())
            #expect(try shared.convert(frame).bytes == fresh.convert(frame).bytes)
        }
    }
}
