import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Decode
@testable import Encode

/// Frames whose matrix, range or transfer differs from that of the output video.
struct CanvasColorTests {
    private func weights(_ matrix: AVColorSpace) -> (kr: Double, kb: Double) {
        let weights = ColorDescription(matrix: matrix).lumaWeights
        return (weights.red, weights.blue)
    }

    /// YCbCr of 8 bits by ITU-T H.273.
    private func encode(_ rgb: [Double], _ color: ColorDescription) -> [Int] {
        let (kr, kb) = weights(color.matrix)
        let y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]
        let (cb, cr) = ((rgb[2] - y) / (2 * (1 - kb)), (rgb[0] - y) / (2 * (1 - kr)))
        return color.range == AVCOL_RANGE_JPEG
            ? [255 * y, 255 * cb + 128, 255 * cr + 128].map { Int($0.rounded()) }
            : [219 * y + 16, 224 * cb + 128, 224 * cr + 128].map { Int($0.rounded()) }
    }

    @Test(
        "A frame with another matrix or range keeps its colours",
        arguments: [AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL], [AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG])
    func frames(matrix: AVColorSpace, range: AVColorRange) throws {
        let canvasColor = ColorDescription(range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709)
        let maker = CanvasMaker(format: CanvasFormat(width: 16, height: 16, color: canvasColor))
        for rgb in [[0.8, 0.2, 0.15], [0.1, 0.6, 0.9], [0.5, 0.5, 0.5]] {
            let color = ColorDescription(range: range, matrix: matrix)
            let samples = encode(rgb, color)
            let buffer = try FrameBuffer.allocate(width: 16, height: 16, format: AV_PIX_FMT_YUV420P)
            for plane in 0..<3 {
                let memory = buffer.plane(plane)
                let (base, stride) = try #require(memory)
                for y in 0..<(plane == 0 ? 16 : 8) {
                    (base + y * stride).update(repeating: UInt8(samples[plane]), count: stride)
                }
            }
            color.stamp(buffer)
            let canvas = try maker.canvas(of: VideoFrame(buffer: buffer, index: 0, pts: 0, duration: 1, time: 0))
            let expected = encode(rgb, canvasColor)
            for plane in 0..<3 {
                let found = Fixtures.samples(canvas, plane: plane)
                #expect(found.allSatisfy { abs(Int($0) - expected[plane]) <= 2 }, "\(rgb) plane \(plane): \(found[0])")
            }
        }
    }

    @Test(
        "Heat over HDR is no brighter than the reference white",
        arguments: [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67])
    func heatOverHDR(transfer: AVColorTransferCharacteristic) throws {
        let color = ColorDescription(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT2020_NCL, primaries: AVCOL_PRI_BT2020, transfer: transfer)
        let range = try #require(color.dynamicRange)
        func luma(_ nits: Double) -> Double {
            219 * range.signal([nits, nits, nits], luma: Primaries.bt2020.luma)[0] + 16
        }
        let format = CanvasFormat(width: 32, height: 32, color: color)
        let maker = CanvasMaker(format: format)
        for colormap in Colormap.allCases {
            let buffer = try FrameBuffer.allocate(width: 32, height: 32, format: AV_PIX_FMT_YUV420P)
            for plane in 0..<3 {
                let memory = buffer.plane(plane)
                let (base, stride) = try #require(memory)
                let value = plane == 0 ? UInt8(luma(99).rounded()) : 128
                for y in 0..<(plane == 0 ? 32 : 16) { (base + y * stride).update(repeating: value, count: stride) }
            }
            color.stamp(buffer)
            let canvas = try maker.canvas(of: VideoFrame(buffer: buffer, index: 0, pts: 0, duration: 1, time: 0))
            let heat = HeatPlane(width: 16, height: 16, values: (0..<256).map { UInt8($0) })
            try Overlay(
                format: format,
                mapping: FrameMapping(clipWidth: 16, clipHeight: 16, originX: 0, originY: 0, scaleX: 2, scaleY: 2),
                colormap: colormap, opacity: 1
            ).draw(heat, on: canvas)
            let brightest = Fixtures.samples(canvas, plane: 0).max() ?? 255
            // Half a step for rounding. Blended in unconverted code values, the brightest heat would exceed 667 cd/m².
            #expect(Double(brightest) <= luma(203) + 0.5, "\(colormap): \(brightest)")
        }
        // Letters have the luminance of diffuse white, not the peak.
        let white = YCbCrConversion(color)(RGB(red: 255, green: 255, blue: 255))
        #expect(abs(Double(white.y) - luma(203)) <= 0.5 && white.cb == 128 && white.cr == 128)
        let black = YCbCrConversion(color)(RGB(red: 0, green: 0, blue: 0))
        #expect(black.y == 16)
    }
}
