import CFFmpeg
import Media

/// Frames built sample by sample.
enum TestFrames {
    /// A frame whose samples are `value(plane, x, y, component)`; x and y count that plane's own samples.
    static func frame(
        width: Int, height: Int, format: AVPixelFormat, index: Int = 0, time: Double = 0,
        value: (_ plane: Int, _ x: Int, _ y: Int, _ component: Int) -> Int
    ) throws -> VideoFrame {
        let buffer = try buffer(width: width, height: height, format: format, value: value)
        return VideoFrame(buffer: buffer, index: index, pts: Int64(index), duration: 1, time: time)
    }

    static func buffer(
        width: Int, height: Int, format: AVPixelFormat,
        value: (_ plane: Int, _ x: Int, _ y: Int, _ component: Int) -> Int
    ) throws -> FrameBuffer {
        let buffer = try FrameBuffer.allocate(width: width, height: height, format: format)
        guard let pixels = PixelFormat(format) else { throw MediaError(.damaged, "unknown format") }
        for plane in 0..<pixels.planeCount {
            guard let memory = buffer.plane(plane) else { continue }
            let size = pixels.planeSize(plane, width: width, height: height)
            let bytes = pixels.depth > 8 ? 2 : 1
            let components = pixels.elementSizes[plane] / bytes
            for y in 0..<size.height {
                for x in 0..<size.width {
                    for c in 0..<components {
                        let sample = value(plane, x, y, c)
                        let at = memory.base + y * memory.stride + (x * components + c) * bytes
                        at[0] = UInt8(truncatingIfNeeded: sample)
                        if bytes == 2 { at[1] = UInt8(truncatingIfNeeded: sample >> 8) }
                    }
                }
            }
        }
        return buffer
    }

    /// Every sample of a frame, plane after plane, row after row.
    static func samples(_ buffer: borrowing FrameBuffer) -> [Int] {
        let f = buffer.pointer.pointee
        guard let pixels = PixelFormat(AVPixelFormat(rawValue: f.format)) else { return [] }
        var samples: [Int] = []
        for plane in 0..<pixels.planeCount {
            guard let memory = buffer.plane(plane) else { continue }
            let size = pixels.planeSize(plane, width: Int(f.width), height: Int(f.height))
            for y in 0..<size.height {
                for x in 0..<size.width * pixels.elementSizes[plane] {
                    samples.append(Int(memory.base[y * memory.stride + x]))
                }
            }
        }
        return samples
    }

    static func properties(
        width: Int, height: Int, aspect: Rational = Rational(1, 1), color: ColorDescription = ColorDescription(),
        timeBase: Rational = Rational(1, 25)
    ) -> SourceProperties {
        SourceProperties(
            name: "test", container: "test", codec: "test", width: width, height: height, sampleAspectRatio: aspect,
            timeBase: timeBase, averageFrameRate: Rational(25, 1), color: color)
    }
}

/// YCbCr as the standards define it (ITU-T H.273), in double precision.
struct ReferenceColor {
    var kr: Double
    var kb: Double
    var isFullRange: Bool
    var depth: Int

    /// Y, Cb and Cr, rounded, of red, green and blue in 0…1.
    func encode(_ r: Double, _ g: Double, _ b: Double) -> [Int] {
        let y = kr * r + (1 - kr - kb) * g + kb * b
        let cb = (b - y) / (2 * (1 - kb))
        let cr = (r - y) / (2 * (1 - kr))
        let peak = Double(1 << depth)
        let unit = peak / 256
        let values =
            isFullRange
            ? [y * (peak - 1), cb * (peak - 1) + peak / 2, cr * (peak - 1) + peak / 2]
            : [(219 * y + 16) * unit, (224 * cb + 128) * unit, (224 * cr + 128) * unit]
        return values.map { min(max(Int($0.rounded()), 0), Int(peak) - 1) }
    }
}
