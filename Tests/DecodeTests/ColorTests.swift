import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode

struct ColorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var format: AVPixelFormat
        var matrix: AVColorSpace
        var isFullRange: Bool

        var reference: ReferenceColor {
            let (kr, kb) =
                switch matrix {
                case AVCOL_SPC_BT709: (0.2126, 0.0722)
                case AVCOL_SPC_BT2020_NCL: (0.2627, 0.0593)
                default: (0.299, 0.114)
                }
            return ReferenceColor(kr: kr, kb: kb, isFullRange: isFullRange, depth: PixelFormat(format)?.depth ?? 8)
        }

        var testDescription: String {
            "\(PixelFormat(format)?.name ?? "?") matrix \(matrix.rawValue) \(isFullRange ? "full" : "limited")"
        }

        static let all: [Case] = [
            AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P10LE,
            AV_PIX_FMT_YUV444P12LE,
        ].flatMap { format in
            [AVCOL_SPC_BT709, AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT2020_NCL].flatMap { matrix in
                [true, false].map { Case(format: format, matrix: matrix, isFullRange: $0) }
            }
        }
    }

    static let colors: [[Double]] = [
        [0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5], [0.8, 0.2, 0.15], [0.1, 0.6, 0.9],
    ]

    /// Rounding Y, Cb and Cr to 8 bits moves a colour by at most 0.5·255/219 + 0.5·2.12·255/224 = 1.8 (blue of BT.2020,
    /// limited range), the result's rounding adds 0.5, and swscale's 13-bit arithmetic adds below 1: 3. Confusing
    /// BT.601 with BT.709, or full with limited range, gives errors of 15 or more for these colours.
    static let tolerance = 3

    @Test(arguments: Case.all)
    func knownColoursAreDecoded(_ test: Case) throws {
        let color = ColorDescription(
            range: test.isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, matrix: test.matrix)
        let converter = try FrameConverter(
            source: TestFrames.properties(width: 34, height: 34, color: color),
            preparation: FramePreparation(width: 34, height: 34))
        for rgb in Self.colors {
            let ycc = test.reference.encode(rgb[0], rgb[1], rgb[2])
            let isSemiplanar = test.format == AV_PIX_FMT_NV12
            let frame = try TestFrames.frame(width: 34, height: 34, format: test.format) { plane, _, _, component in
                ycc[isSemiplanar && plane == 1 ? 1 + component : plane]
            }
            let pixels = try converter.convert(frame).bytes
            #expect(pixels.count == 34 * 34 * 3)
            for (index, pixel) in pixels.enumerated() {
                let expected = rgb[index % 3] * 255
                guard abs(Double(pixel) - expected) > Double(Self.tolerance) else { continue }
                Issue.record("\(rgb): sample \(index) is \(pixel)")
                return
            }
        }
    }

    @Test func untaggedMaterialFollowsTheRule() {
        func resolve(_ format: AVPixelFormat, _ width: Int, _ height: Int) -> ColorDescription {
            .resolved(
                format: format, width: width, height: height, matrix: AVCOL_SPC_UNSPECIFIED,
                range: AVCOL_RANGE_UNSPECIFIED, primaries: AVCOL_PRI_UNSPECIFIED, transfer: AVCOL_TRC_UNSPECIFIED)
        }
        #expect(resolve(AV_PIX_FMT_YUV420P, 720, 576).matrix == AVCOL_SPC_SMPTE170M)
        #expect(resolve(AV_PIX_FMT_YUV420P, 720, 577).matrix == AVCOL_SPC_BT709)
        #expect(resolve(AV_PIX_FMT_YUV420P, 1279, 576).matrix == AVCOL_SPC_SMPTE170M)
        #expect(resolve(AV_PIX_FMT_YUV420P, 1280, 400).matrix == AVCOL_SPC_BT709)
        #expect(resolve(AV_PIX_FMT_YUV420P, 64, 64).range == AVCOL_RANGE_MPEG)
        #expect(resolve(AV_PIX_FMT_YUVJ420P, 64, 64).range == AVCOL_RANGE_JPEG)
        #expect(resolve(AV_PIX_FMT_GRAY8, 64, 64).range == AVCOL_RANGE_JPEG)
        #expect(resolve(AV_PIX_FMT_BGRA, 2000, 64).matrix == AVCOL_SPC_RGB)
        #expect(resolve(AV_PIX_FMT_PAL8, 64, 64).range == AVCOL_RANGE_JPEG)
    }

    struct TaggedClip: Sendable, CustomTestStringConvertible {
        var size: String
        var matrix: String
        var range: String
        var isTagged: Bool
        var expected: AVColorSpace
        var testDescription: String { "\(size) \(matrix) \(range) \(isTagged ? "tagged" : "untagged")" }
    }

    /// Clips of one RGB colour, made with the `ffmpeg` command: tags must be read, and the rule applied where there are
    /// none.
    @Test(arguments: [
        TaggedClip(size: "64x64", matrix: "bt709", range: "tv", isTagged: true, expected: AVCOL_SPC_BT709),
        TaggedClip(size: "64x64", matrix: "bt709", range: "pc", isTagged: true, expected: AVCOL_SPC_BT709),
        TaggedClip(size: "64x64", matrix: "smpte170m", range: "tv", isTagged: true, expected: AVCOL_SPC_SMPTE170M),
        TaggedClip(size: "1280x64", matrix: "smpte170m", range: "tv", isTagged: true, expected: AVCOL_SPC_SMPTE170M),
        TaggedClip(size: "64x64", matrix: "smpte170m", range: "tv", isTagged: false, expected: AVCOL_SPC_SMPTE170M),
        TaggedClip(size: "1280x64", matrix: "bt709", range: "tv", isTagged: false, expected: AVCOL_SPC_BT709),
        TaggedClip(size: "64x578", matrix: "bt709", range: "tv", isTagged: false, expected: AVCOL_SPC_BT709),
    ])
    func tagsOfFilesAreRead(_ clip: TaggedClip) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mp4")
        let matrix = clip.matrix == "smpte170m" ? "bt601" : clip.matrix
        let tags = clip.isTagged ? ["-colorspace", clip.matrix, "-color_range", clip.range] : []
        // setparams removes the tags that the scaler sets.
        let untag = clip.isTagged ? "" : ",setparams=colorspace=unknown:range=unknown"
        try MediaFactory.ffmpeg(
            [
                "-f", "lavfi", "-i", "color=c=0x28B43C:s=\(clip.size):r=5:d=0.4,format=gbrp", "-vf",
                "scale=out_color_matrix=\(matrix):out_range=\(clip.range),format=yuv444p\(untag)", "-c:v", "libx264",
                "-qp", "0",
            ] + tags + [path])
        let source = try SourceOpener.open(path)
        #expect(source.properties.color.matrix == clip.expected)
        #expect((source.properties.color.range == AVCOL_RANGE_JPEG) == (clip.range == "pc"))
        let frame = try #require(try Reading(source).frames.first)
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let pixel = try converter.convert(frame).bytes.prefix(3).map(Int.init)
        #expect(zip(pixel, [0x28, 0xB4, 0x3C]).allSatisfy { abs($0 - $1) <= Self.tolerance }, "\(pixel)")
    }
}
