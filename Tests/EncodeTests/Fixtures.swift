import CFFmpeg
import Media
import TestSupport

@testable import Encode

/// Sources and frames for the tests, built without files.
enum Fixtures {
    static func source(
        width: Int = 64, height: Int = 48, timeBase: Rational = Rational(1, 12800), rate: Rational = Rational(25, 1),
        color: ColorDescription = ColorDescription(matrix: AVCOL_SPC_SMPTE170M),
        auxiliaryStreams: [AuxiliaryStream] = []
    ) -> SourceProperties {
        SourceProperties(
            name: "test", container: "test", codec: "test", width: width, height: height, timeBase: timeBase,
            averageFrameRate: rate, color: color, auxiliaryStreams: auxiliaryStreams)
    }

    /// A frame whose planes contain seeded noise, or a smooth ramp that moves with `index`.
    static func frame(
        width: Int, height: Int, format: AVPixelFormat = AV_PIX_FMT_YUV420P, index: Int = 0, pts: Int64 = 0,
        duration: Int64 = 512, timeBase: Rational = Rational(1, 12800), noise: UInt64? = nil
    ) throws -> VideoFrame {
        let buffer = try FrameBuffer.allocate(width: width, height: height, format: format)
        var generator = SeededGenerator(seed: noise ?? 0)
        for plane in 0..<4 {
            guard let (base, stride) = self.plane(plane, of: buffer.pointer) else { continue }
            let rows = rowCount(plane, height: height, format: format)
            for y in 0..<rows {
                for x in 0..<stride {
                    base[y * stride + x] =
                        noise == nil
                        ? UInt8(truncatingIfNeeded: 40 + 100 * plane + (x + y + 3 * index) % 150)
                        : UInt8(truncatingIfNeeded: generator.next())
                }
            }
        }
        return VideoFrame(
            buffer: buffer, index: index, pts: pts, duration: duration, time: timeBase.seconds(pts))
    }

    static func plane(_ index: Int, of frame: UnsafePointer<AVFrame>) -> (UnsafeMutablePointer<UInt8>, Int)? {
        let data = [frame.pointee.data.0, frame.pointee.data.1, frame.pointee.data.2, frame.pointee.data.3][index]
        let linesize = frame.pointee.linesize
        let stride = [linesize.0, linesize.1, linesize.2, linesize.3][index]
        return data.map { ($0, Int(stride)) }
    }

    static func rowCount(_ plane: Int, height: Int, format: AVPixelFormat) -> Int {
        guard plane == 1 || plane == 2, let descriptor = av_pix_fmt_desc_get(format) else { return height }
        return -(-height >> Int(descriptor.pointee.log2_chroma_h))
    }

    /// The samples of a canvas' plane, row by row, without padding.
    static func samples(_ canvas: borrowing Canvas, plane: Int) -> [UInt8] {
        canvas.withPlane(plane) { plane in
            (0..<plane.height).flatMap { y in (0..<plane.width).map { plane.row(y)[$0] } }
        } ?? []
    }
}
