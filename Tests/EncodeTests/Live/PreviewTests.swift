import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct PreviewTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Grey steps in the upper half and saturated patches in the lower one, large enough that scaling does not mix
    /// their centres.
    static let colours: [[(Double, Double, Double)]] = [
        [0, 36, 73, 109, 146, 182, 219, 255].map { ($0, $0, $0) },
        [
            (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (200, 80, 40),
            (40, 80, 200),
        ],
    ]

    /// A canvas with the patches, computed from the definitions (ITU-R BT.601, BT.709), not with swscale.
    static func canvas(_ format: CanvasFormat) throws -> Canvas {
        let canvas = try Canvas(blank: format, pts: 0, duration: 1)
        let (kr, kb) = format.color.matrix == AVCOL_SPC_BT709 ? (0.2126, 0.0722) : (0.299, 0.114)
        let isFull = format.color.range == AVCOL_RANGE_JPEG
        for plane in 0..<3 {
            _ = canvas.withPlane(plane) { pixels in
                for y in 0..<pixels.height {
                    for x in 0..<pixels.width {
                        let (r, g, b) = colours[y * 2 / pixels.height][x * 8 / pixels.width]
                        let luma = kr * r + (1 - kr - kb) * g + kb * b
                        let value =
                            switch plane {
                            case 0: isFull ? luma : 16 + luma * 219 / 255
                            case 1: 128 + (b - luma) / (2 * (1 - kb)) * (isFull ? 1 : 224.0 / 255)
                            default: 128 + (r - luma) / (2 * (1 - kr)) * (isFull ? 1 : 224.0 / 255)
                            }
                        pixels.row(y)[x] = UInt8(min(max(value.rounded(), 0), 255))
                    }
                }
            }
        }
        return canvas
    }

    /// The centres of the patches as the `ffmpeg` command decodes them.
    func patches(_ jpeg: [UInt8], width: Int, height: Int) throws -> [(Double, Double, Double)] {
        let path = try directory.write(jpeg, to: "a.jpg")
        let rgb = try MediaFactory.rgbFrames(path)
        #expect(rgb.count == 3 * width * height)
        return (0..<16).map { patch in
            let (x, y) = ((patch % 8 * 2 + 1) * width / 16, (patch / 8 * 2 + 1) * height / 4)
            let place = 3 * (y * width + x)
            return (Double(rgb[place]), Double(rgb[place + 1]), Double(rgb[place + 2]))
        }
    }

    @Test(
        "HDR frames are converted to standard range, which is all that JPEG supports",
        arguments: [
            // Luma codes of greys of 26 cd/m², 99, 203 (white) and 1000: by SMPTE ST 2084. Those of HLG show 26, 52,
            // 203 and 390 by BT.2100, whose white has the signal 0.75 (BT.2408).
            (AVCOL_TRC_SMPTE2084, [(99.0, 108.0), (127, 189), (143, 255), (180, 255)]),
            (AVCOL_TRC_ARIB_STD_B67, [(99.0, 108.0), (127, 145), (180, 255), (200, 255)]),
        ])
    func highDynamicRangeIsConverted(
        _ transfer: AVColorTransferCharacteristic, _ greys: [(code: Double, shown: Double)]
    ) throws {
        let color = ColorDescription(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020, transfer: transfer)
        let format = CanvasFormat(width: 64, height: 48, color: color)
        for grey in greys {
            let canvas = try Canvas(blank: format, pts: 0, duration: 1)
            for plane in 0..<3 {
                _ = canvas.withPlane(plane) { pixels in
                    for y in 0..<pixels.height {
                        for x in 0..<pixels.width { pixels.row(y)[x] = plane == 0 ? UInt8(grey.code) : 128 }
                    }
                }
            }
            let encoder = try PreviewEncoder(format: format, quality: 2)
            let path = try directory.write(try encoder.jpeg(of: canvas), to: "hdr.jpg")
            let rgb = try MediaFactory.rgbFrames(path)
            for value in rgb.prefix(3) {
                // An error of one code changes the result by up to 5 of 255.
                #expect(abs(Double(value) - grey.shown) < 6, "\(rgb.prefix(3)) for code \(grey.code)")
            }
        }
    }

    @Test(
        "Colours are right for every matrix and range",
        arguments: [AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT709], [AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG])
    func coloursAreRight(_ matrix: AVColorSpace, _ range: AVColorRange) throws {
        for (width, limit, expected) in [(320, 1280, 320), (640, 320, 320), (323, 1280, 323)] {
            let format = CanvasFormat(
                width: width, height: width / 2, color: ColorDescription(range: range, matrix: matrix))
            let encoder = try PreviewEncoder(format: format, maximumWidth: limit, quality: 2)
            #expect(encoder.width == expected)
            let jpeg = try encoder.jpeg(of: Self.canvas(format))
            let found = try patches(jpeg, width: encoder.width, height: encoder.height)
            for (found, wanted) in zip(found, Self.colours.flatMap { $0 }) {
                // Chroma in limited range is off by half a step of 255/224, up to twice (709 by way of RGB), which a
                // conversion multiplies by up to 1.86: 1.1 a time; luma adds 0.6, JPEG's quantisation at this quality
                // 2, and the decoding with `ffmpeg` another 2. Limited read as full is off by 16 and more, the wrong
                // matrix by 20 and more in green.
                let error = max(abs(found.0 - wanted.0), abs(found.1 - wanted.1), abs(found.2 - wanted.2))
                #expect(error <= 7, "\(found) for \(wanted), \(width) wide")
            }
        }
    }

    @Test func contextIsKept() throws {
        let format = CanvasFormat(width: 64, height: 48, color: ColorDescription(matrix: AVCOL_SPC_SMPTE170M))
        let encoder = try PreviewEncoder(format: format)
        let first = try encoder.jpeg(of: Self.canvas(format))
        for _ in 0..<5 { #expect(try encoder.jpeg(of: Self.canvas(format)) == first) }
        let other = CanvasFormat(width: 32, height: 48, color: ColorDescription())
        #expect(throws: MediaError.self) { try encoder.jpeg(of: Self.canvas(other)) }
    }

    @Test func canvasIsNotWrittenTo() throws {
        let format = CanvasFormat(
            width: 64, height: 48, color: ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_SMPTE170M))
        let canvas = try Self.canvas(format)
        let before = (0..<3).map { Fixtures.samples(canvas, plane: $0) }
        _ = try PreviewEncoder(format: format).jpeg(of: canvas)
        #expect(before == (0..<3).map { Fixtures.samples(canvas, plane: $0) })
    }

    @Test(
        "Previews have square pixels",
        arguments: [(Rational(2, 1), 640, 240), (Rational(1, 2), 320, 480), (Rational(0, 1), 320, 240)])
    func pixelsAreSquare(_ ratio: Rational, _ width: Int, _ height: Int) throws {
        let format = CanvasFormat(width: 320, height: 240, color: ColorDescription())
        let encoder = try PreviewEncoder(format: format, sampleAspectRatio: ratio)
        #expect(encoder.width == width && encoder.height == height)
        let path = try directory.write(encoder.jpeg(of: Self.canvas(format)), to: "a.jpg")
        #expect(
            try MediaFactory.probe(path, ["-show_entries", "stream=width,height,pix_fmt"])
                == ["\(width),\(height),yuvj420p"])
    }

    @Test func higherQualityNeedsMoreBytes() throws {
        let format = CanvasFormat(width: 320, height: 240, color: ColorDescription())
        let sizes = try [2, 31].map {
            try PreviewEncoder(format: format, quality: $0).jpeg(of: Self.canvas(format)).count
        }
        #expect(sizes[0] > sizes[1])
    }
}
