import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode

/// Chroma of 4:2:0 is interpolated from its own grid: its columns lie at every second luma column (MPEG-2 and later),
/// its rows between two luma rows. `PlanarRGB` is responsible for it where the number of rows stays the same.
struct ChromaPlacementTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var format: AVPixelFormat
        var isFullRange: Bool
        /// Of the result.
        var height: Int
        /// Width to height of a pixel, 1 or 5/4.
        var aspect: Rational

        var depth: Int { PixelFormat(format)?.depth ?? 8 }
        var width: Int {
            Int(
                (Double(ChromaPlacementTests.width * height) * aspect.value / Double(ChromaPlacementTests.height))
                    .rounded())
        }

        /// In levels. Rounding: 0.5. Samples between the filters have 15 bits (1/128 level), and BT.601's gains, whose
        /// sum is at most 3.4, have 13 bits after the point: 0.06. Chroma's filters with 12 and 14 bits are off by at
        /// most 3/8192 + 3/32768 + 31/65536 of the samples' range, 128, with gain 2.02: 0.25. swscale reads full range
        /// with 10 bits as 0…1020 instead of 0…1023, so that luma up to 150 and chroma up to 64 with gain 1.77 are
        /// 0.3 % too large: 0.79.
        var tolerance: Double { isFullRange && depth > 8 ? 1.6 : 0.81 }

        var testDescription: String {
            "\(PixelFormat(format)?.name ?? "?") \(isFullRange ? "full" : "limited") to \(width)x\(height)"
        }

        static let all: [Case] = [AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P10LE].flatMap { format in
            [false, true].flatMap { isFullRange in
                [36, 48].flatMap { height in
                    [Rational(1, 1), Rational(5, 4)].map {
                        Case(format: format, isFullRange: isFullRange, height: height, aspect: $0)
                    }
                }
            }
        }
    }

    private static let (width, height) = (44, 36)

    /// Cb has edges between rows, Cr ramps and edges in both directions; in 8 bits. Luma has one value, so that it does
    /// not depend on its own resizing.
    private static func sample(_ component: Int, _ x: Int, _ y: Int) -> Int {
        switch component {
        case 0: 120
        case 1: (y / 3).isMultiple(of: 2) ? 64 : 192
        default: 66 + (5 * x + 17 * y) % 120
        }
    }

    private static func frame(_ format: AVPixelFormat) throws -> VideoFrame {
        let unit = 1 << ((PixelFormat(format)?.depth ?? 8) - 8)
        return try TestFrames.frame(width: width, height: height, format: format) { plane, x, y, component in
            sample(plane + component, x, y) * unit
        }
    }

    /// Bilinear interpolation between chroma samples; beyond the edges the outermost one continues.
    private static func chroma(_ component: Int, _ x: Double, _ y: Double) -> Double {
        func row(_ y: Double) -> Double {
            let line = min(max(Int(y), 0), height / 2 - 1)
            let (left, right) = (x.rounded(.down), x.rounded(.down) + 1)
            let columns = [left, right].map { min(max(Int($0), 0), width / 2 - 1) }
            return Double(sample(component, columns[0], line)) * (right - x)
                + Double(sample(component, columns[1], line)) * (x - left)
        }
        let (above, below) = (y.rounded(.down), y.rounded(.down) + 1)
        return row(above) * (below - y) + row(below) * (y - above)
    }

    /// Red, green and blue, 0…255, of BT.601 samples in 8 bits (ITU-T H.273).
    private static func rgb(_ cb: Double, _ cr: Double, isFullRange: Bool) -> [Double] {
        let luma = isFullRange ? 120 : (120 - 16) * 255.0 / 219
        let gain = isFullRange ? 1 : 255.0 / 224
        let blue = luma + 1.772 * gain * (cb - 128)
        let red = luma + 1.402 * gain * (cr - 128)
        let green = (luma - 0.299 * red - 0.114 * blue) / 0.587
        return [red, green, blue].map { min(max($0, 0), 255) }
    }

    @Test("Chroma is weighted by the distance of its rows and columns", arguments: Case.all)
    func interpolated(_ test: Case) throws {
        let color = ColorDescription(
            range: test.isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_SMPTE170M)
        let converter = try FrameConverter(
            source: TestFrames.properties(width: Self.width, height: Self.height, aspect: test.aspect, color: color),
            preparation: FramePreparation(fit: .full, shortSide: test.height))
        let clip = try converter.convert(Self.frame(test.format))
        try #require((clip.width, clip.height) == (test.width, test.height))
        var largest = 0.0
        for y in 0..<test.height {
            let row = (Double(y) + 0.5) * Double(Self.height / 2) / Double(test.height) - 0.5
            for x in 0..<test.width {
                let column = (Double(x) + 0.5) * Double(Self.width / 2) / Double(test.width) - 0.25
                let expected = Self.rgb(
                    Self.chroma(1, column, row), Self.chroma(2, column, row), isFullRange: test.isFullRange)
                for c in 0..<3 {
                    let found = Double(clip.bytes[(y * test.width + x) * 3 + c])
                    largest = max(largest, abs(found - expected[c]))
                }
            }
        }
        #expect(largest <= test.tolerance)
    }

    /// The 16-bit conversion before the tone map. Chroma consists of multiples of 4 that vary only from row to row, so
    /// that a 4:4:4 frame can contain the interpolated values, 1/4 and 3/4 of two rows, without rounding. One level
    /// is left for samples that lie next to a rounding limit.
    @Test func chromaOfHighDynamicRangeIsInterpolatedToo() throws {
        func chroma(_ plane: Int, _ y: Int) -> Int { plane == 1 ? 512 + (y * 28) % 96 : 512 - (y * 44) % 104 }
        let color = ColorDescription(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
            transfer: AVCOL_TRC_SMPTE2084)
        let subsampled = try TestFrames.frame(
            width: Self.width, height: Self.height, format: AV_PIX_FMT_YUV420P10LE
        ) { plane, _, y, _ in
            plane == 0 ? 480 : chroma(plane, y)
        }
        let full = try TestFrames.frame(
            width: Self.width, height: Self.height, format: AV_PIX_FMT_YUV444P10LE
        ) { plane, _, y, _ in
            guard plane > 0 else { return 480 }
            let (near, other) = (y / 2, y.isMultiple(of: 2) ? y / 2 - 1 : y / 2 + 1)
            return (3 * chroma(plane, near) + chroma(plane, min(max(other, 0), Self.height / 2 - 1))) / 4
        }
        let converter = try FrameConverter(
            source: TestFrames.properties(width: Self.width, height: Self.height, color: color),
            preparation: FramePreparation(width: Self.width, height: Self.height))
        let (found, expected) = (try converter.convert(subsampled).bytes, try converter.convert(full).bytes)
        #expect(Set(expected).count > 16)
        #expect(zip(found, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    /// The fault of swscale because of which `PlanarRGB` exists.
    @Test func packedRGBFromSwscaleDiffersFromPlanar() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("clip.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=5:d=0.2", "-pix_fmt", "yuv420p", "-c:v", "ffv1", path,
        ])
        let scale = "scale=96:64:flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
        let packed = try MediaFactory.rgbFrames(path, filter: scale + ",format=rgb24")
        let planar = try MediaFactory.rgbFrames(path, filter: scale + ",format=gbrp")
        #expect(packed.count == planar.count)
        #expect(packed != planar, "FFmpeg weights chroma rows in packed RGB; PlanarRGB can be left out")
    }
}
