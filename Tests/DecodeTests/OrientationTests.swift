import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode

struct OrientationTests {
    static let all = [false, true].flatMap { transposes in
        [false, true].flatMap { x in [false, true].map { Orientation(transposes: transposes, flipsX: x, flipsY: $0) } }
    }

    /// The stored position of the upright position (x, y), by the definition of the display matrix.
    private func stored(_ o: Orientation, _ x: Int, _ y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        let (u, v) = o.transposes ? (y, x) : (x, y)
        let (flipsStoredX, flipsStoredY) = o.transposes ? (o.flipsY, o.flipsX) : (o.flipsX, o.flipsY)
        return (flipsStoredX ? width - 1 - u : u, flipsStoredY ? height - 1 - v : v)
    }

    @Test(arguments: all)
    func matrixAndOrientationAgree(_ o: Orientation) {
        // (x, y) is shown at (a x + c y, b x + d y): build the matrix of the orientation.
        let one: Int32 = 1 << 16
        let (a, c) = o.transposes ? (0, o.flipsX ? -one : one) : (o.flipsX ? -one : one, 0)
        let (b, d) = o.transposes ? (o.flipsY ? -one : one, 0) : (0, o.flipsY ? -one : one)
        #expect(Orientation(displayMatrix: [a, b, 0, c, d, 0, 0, 0, 1 << 30]) == o)
    }

    @Test func matricesOfFFmpegAreUnderstood() {
        for (angle, clockwise) in [(0.0, 0), (90, 90), (-90, 270), (180, 180), (-180, 180)] {
            var matrix = [Int32](repeating: 0, count: 9)
            av_display_rotation_set(&matrix, angle)
            #expect(Orientation(displayMatrix: matrix).clockwiseDegrees == clockwise)
        }
        var oblique = [Int32](repeating: 0, count: 9)
        av_display_rotation_set(&oblique, 30)
        #expect(Orientation(displayMatrix: oblique).isUpright)
        #expect(Orientation(displayMatrix: [0, 0, 0, 0, 0, 0, 0, 0, 0]).isUpright)
        #expect(Orientation(displayMatrix: [.min, .min, 0, .min, .min, 0, 0, 0, 0]).isUpright)
    }

    /// Every sample of every plane is moved to its position, also for odd sizes and all depths.
    @Test(
        arguments: all,
        [
            (8, 6, AV_PIX_FMT_YUV420P), (37, 70, AV_PIX_FMT_YUV444P), (34, 66, AV_PIX_FMT_YUV420P10LE),
            (33, 35, AV_PIX_FMT_RGB24), (5, 7, AV_PIX_FMT_BGRA), (40, 36, AV_PIX_FMT_NV12), (3, 1, AV_PIX_FMT_GRAY8),
            (6, 4, AV_PIX_FMT_YUVA420P), (7, 3, AV_PIX_FMT_GBRP), (4, 4, AV_PIX_FMT_RGB48LE),
            (9, 2, AV_PIX_FMT_RGBA64LE),
        ])
    func rotatesEverySample(_ o: Orientation, _ frame: (width: Int, height: Int, format: AVPixelFormat)) throws {
        let (width, height, format) = frame
        let pixels = try #require(PixelFormat(format))
        // Alpha is all ones, and can then be dropped without an effect.
        let value = { (plane: Int, x: Int, y: Int, c: Int) in
            plane == 3 || c == 3 ? 0xFFFF : (plane * 7919 + y * 331 + x * 17 + c * 5) & 0x3FF
        }
        let first = try TestFrames.buffer(width: width, height: height, format: format, value: value)
        var normalizer = try FrameNormalizer(first: first, color: ColorDescription(), orientation: o)
        let upright = try normalizer.normalized(first, color: ColorDescription())

        let expectedWidth = o.transposes ? height : width
        let expectedHeight = o.transposes ? width : height
        #expect(upright.pointer.pointee.width == expectedWidth && upright.pointer.pointee.height == expectedHeight)
        let opaque = pixels.opaque ?? format
        #expect(upright.pointer.pointee.format == opaque.rawValue)
        let expected = try TestFrames.buffer(width: expectedWidth, height: expectedHeight, format: opaque) {
            plane, x, y, c in
            let size = pixels.planeSize(plane, width: width, height: height)
            let from = stored(o, x, y, width: size.width, height: size.height)
            return value(plane, from.x, from.y, c)
        }
        #expect(TestFrames.samples(upright) == TestFrames.samples(expected))
    }

    /// Formats that cannot be rotated plane by plane are converted first, and the result is upright.
    @Test(
        arguments: all.filter { !$0.isUpright },
        [
            (32, 24, AV_PIX_FMT_YUV422P), (31, 23, AV_PIX_FMT_YUV420P), (32, 24, AV_PIX_FMT_YUV411P),
        ])
    func convertsFormatsThatCannotBeRotated(
        _ o: Orientation, _ frame: (width: Int, height: Int, format: AVPixelFormat)
    ) throws {
        let (width, height, format) = frame
        // Black with a bright top left quarter.
        let first = try TestFrames.buffer(width: width, height: height, format: format) { plane, x, y, _ in
            plane == 0 ? (2 * x < width && 2 * y < height ? 200 : 16) : 128
        }
        var normalizer = try FrameNormalizer(first: first, color: ColorDescription(), orientation: o)
        let upright = try normalizer.normalized(first, color: ColorDescription())
        let f = upright.pointer.pointee
        #expect((Int(f.width), Int(f.height)) == (o.transposes ? (height, width) : (width, height)))
        let memory = upright.plane(0)
        let plane = try #require(memory)
        let brightX = o.flipsX ? Int(f.width) - 3 : 2
        let brightY = o.flipsY ? Int(f.height) - 3 : 2
        let luma = { (x: Int, y: Int) in Int(plane.base[y * plane.stride + x]) }
        #expect(abs(luma(brightX, brightY) - 200) <= 1)
        #expect(luma(Int(f.width) - 1 - brightX, brightY) <= 17)
        #expect(luma(brightX, Int(f.height) - 1 - brightY) <= 17)
    }

    /// Later frames are scaled to the first one's size and keep their format.
    @Test func laterFramesAreScaledToTheFirstSize() throws {
        let first = try TestFrames.buffer(width: 32, height: 24, format: AV_PIX_FMT_YUV420P) { _, _, _, _ in 100 }
        var normalizer = try FrameNormalizer(first: first, color: ColorDescription(), orientation: .upright)
        for (width, height, format) in [
            (64, 48, AV_PIX_FMT_YUV420P), (32, 24, AV_PIX_FMT_YUV444P), (16, 200, AV_PIX_FMT_YUV422P),
        ] {
            let other = try TestFrames.buffer(width: width, height: height, format: format) { _, _, _, _ in 100 }
            let like = try normalizer.normalized(other, color: ColorDescription())
            let f = like.pointer.pointee
            #expect(f.width == 32 && f.height == 24 && f.format == format.rawValue)
            #expect(TestFrames.samples(like).allSatisfy { abs($0 - 100) <= 1 })
        }
    }

    /// The same MP4 or MOV file with another matrix in its track's header (ISO/IEC 14496-12, 8.3.2): the options of
    /// `ffmpeg` for it differ between versions.
    private static func turned(_ file: [UInt8], clockwise degrees: Int) throws -> [UInt8] {
        let (cosine, sine): (Int32, Int32) = try #require([0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)][degrees])
        let one: Int32 = 1 << 16
        let matrix = [cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30]
        let header = try #require(file.indices.first { file[$0...].starts(with: Array("tkhd".utf8)) })
        // After version, times, number, duration, layer and volume.
        let start = header + 4 + 40
        var file = file
        file.replaceSubrange(
            start..<start + 36, with: matrix.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } })
        return file
    }

    /// Files with a display matrix, compared with FFmpeg's automatic rotation.
    @Test(arguments: [0, 90, 180, 270], ["mp4", "mov"])
    func filesAreDecodedUpright(angle: Int, container: String) throws {
        let directory = try TemporaryDirectory()
        let stored = directory.file("stored.\(container)")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=0.6", "-vf", "setsar=4/3", "-pix_fmt", "yuv444p", "-c:v",
            "libx264", "-qp", "0", stored,
        ])
        let path = try directory.write(
            Self.turned(directory.bytes(of: "stored.\(container)"), clockwise: angle), to: "turned.\(container)")
        let source = try SourceOpener.open(path)
        let p = source.properties
        #expect(p.rotation == angle)
        #expect((p.width, p.height) == (angle % 180 == 0 ? (64, 48) : (48, 64)))
        #expect(p.sampleAspectRatio == (angle % 180 == 0 ? Rational(4, 3) : Rational(3, 4)))
        let converter = try FrameConverter(
            source: TestFrames.properties(width: p.width, height: p.height, color: p.color),
            preparation: .unchanged(p))
        let bytes = try Reading(source).frames.flatMap { try converter.convert($0).bytes }
        let expected = try MediaFactory.rgbFrames(
            path, filter: "scale=in_color_matrix=bt601:flags=accurate_rnd+full_chroma_int+bitexact,format=rgb24")
        #expect(bytes.count == expected.count)
        #expect(zip(bytes, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }
}
