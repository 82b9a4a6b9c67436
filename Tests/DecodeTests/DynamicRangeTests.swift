import CFFmpeg
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// PQ and HLG, checked against the figures in ITU-R BT.2408.
struct DynamicRangeTests {
    private func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance }

    private func seen(_ range: DynamicRange, _ signal: [Double]) throws -> [UInt8] {
        let transfer = range == .pq ? AVCOL_TRC_SMPTE2084 : AVCOL_TRC_ARIB_STD_B67
        let color = ColorDescription(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020, transfer: transfer)
        let samples = ReferenceColor(kr: 0.2627, kb: 0.0593, isFullRange: false, depth: 10)
            .encode(signal[0], signal[1], signal[2])
        let frame = try TestFrames.frame(width: 32, height: 32, format: AV_PIX_FMT_YUV444P10LE) { plane, _, _, _ in
            samples[plane]
        }
        let converter = try FrameConverter(
            source: TestFrames.properties(width: 32, height: 32, color: color),
            preparation: FramePreparation(width: 32, height: 32))
        return Array(try converter.convert(frame).bytes.prefix(3))
    }

    @Test(
        "Diffuse white becomes white, and darker greys become their codes of standard range",
        arguments: [
            DynamicRange.pq, .hlg,
        ])
    func greys(_ range: DynamicRange) throws {
        for (nits, code) in [(0.0, 0), (26, 108), (99, 189), (203, 255), (800, 255)] {
            let signal = range.signal([nits, nits, nits], luma: Primaries.bt2020.luma)
            let pixel = try seen(range, signal)
            // A step of the 10-bit signal is up to 2.2 % of the luminance: 2.4 codes.
            #expect(pixel.allSatisfy { abs(Int($0) - code) <= 3 }, "\(nits): \(pixel)")
        }
    }

    /// Every code from black to nominal white, by the formulas of BT.2100 and BT.1886. One code is for rounding: the signal
    /// is rounded to 16 bits, and the light to the table of the encoded codes.
    @Test(
        "Every grey has its code of standard range",
        arguments: [AV_PIX_FMT_YUV444P10LE, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV444P12LE, AV_PIX_FMT_GBRP10LE],
        [false, true])
    func ramp(_ format: AVPixelFormat, isFullRange: Bool) throws {
        let pixels = try #require(PixelFormat(format))
        let unit = 1 << (pixels.depth - 8)
        let largest = (1 << pixels.depth) - 1
        let (black, white) = isFullRange || pixels.isRGB ? (0, largest) : (16 * unit, 235 * unit)
        let (width, height) = (512, 16)
        func code(_ x: Int) -> Int { black + (white - black) * x / (width - 1) }
        let frame = try TestFrames.frame(width: width, height: height, format: format) { plane, x, _, _ in
            pixels.isRGB || plane == 0 ? code(x) : 128 * unit
        }
        let color = ColorDescription(
            range: isFullRange || pixels.isRGB ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
            matrix: pixels.isRGB ? AVCOL_SPC_RGB : AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020,
            transfer: AVCOL_TRC_SMPTE2084)
        let properties = TestFrames.properties(width: width, height: height, color: color)
        let converter = try FrameConverter(source: properties, preparation: .unchanged(properties))
        let bytes = try converter.convert(frame).bytes
        let middle = height / 2 * width * 3
        for x in 0..<width {
            let signal = Double(code(x) - black) / Double(white - black)
            let light = min(DynamicRange.pq.light(signal) / 203, 1)
            let expected = 255 * Double.pow(light, 1 / 2.4)
            let found = (0..<3).map { Double(bytes[middle + 3 * x + $0]) }
            #expect(found.allSatisfy { abs($0 - expected) <= 1 }, "\(code(x)): \(found), not \(expected)")
        }
    }

    @Test("Colours of BT.709 survive the conversion to BT.2020 and back", arguments: [DynamicRange.pq, .hlg])
    func colors(_ range: DynamicRange) throws {
        for color in [[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 120, 40], [30, 60, 90]] {
            let signal = range.signal(standard: color.map { Double($0) / 255 }, in: .bt2020)
            let pixel = try seen(range, signal)
            for (found, wanted) in zip(pixel, color) {
                // Compared in linear light, where a step of the signal is a fraction of the brightest channel; near
                // black it is many codes.
                let light = [Double(found), Double(wanted)].map { Double.pow($0 / 255, 2.4) }
                #expect(close(light[0], light[1], 0.03), "\(color): \(pixel)")
            }
        }
    }

    /// zimg, the library behind FFmpeg's `zscale`, gives the same result for a PQ clip, and nearly the same for HLG, as
    /// it applies the system gamma to each channel, and BT.2100 to the luminance.
    @Test("The conversion agrees with zscale", arguments: [("smpte2084", 1.5), ("arib-std-b67", 4)])
    func agreesWithZimg(transfer: String, tolerance: Double) throws {
        guard let filters = try? MediaFactory.ffmpeg(["-filters"]),
            String(decoding: filters, as: UTF8.self).contains("zscale")
        else { return }
        let directory = try TemporaryDirectory()
        let path = directory.file("hdr.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "gradients=s=64x48:c0=0x203040:c1=0x90A080:x0=0:y0=0:x1=63:y1=47:d=0.04:r=25", "-vf",
            "format=gbrp,zscale=m=2020_ncl:r=limited,format=yuv444p10le,setparams=color_primaries=bt2020:color_trc=\(transfer):"
                + "colorspace=bt2020nc:range=tv", "-c:v", "ffv1", path,
        ])
        let expected = try MediaFactory.rgbFrames(
            path,
            filter: "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=709,zscale=t=709:m=gbr:r=full,format=rgb24")
        let source = try SourceOpener.open(path)
        let frame = try #require(try Reading(source).frames.first)
        #expect(source.warnings.contains { $0.kind == .highDynamicRange })
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let bytes = try converter.convert(frame).bytes
        #expect(bytes.count == expected.count)
        let mean = zip(bytes, expected).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(bytes.count)
        #expect(mean < tolerance, "\(mean)")
    }
}

extension Double {
    fileprivate static func pow(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
}
