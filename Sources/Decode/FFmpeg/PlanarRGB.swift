import CFFmpeg
import Media

/// The planar form of a packed RGB format, for conversions in which swscale's packed output misplaces chroma.
///
/// Where the number of rows stays the same and chroma has fewer rows than luma (4:2:0), swscale's packed output
/// (`yuv2packed1`) takes one of two chroma rows or the mean of both, instead of weighting them by distance. Chroma is
/// then half a luma row too low. Its planar output always applies the weights; docs/ffmpeg.md lists the versions.
struct PlanarRGB {
    /// Planar RGB in FFmpeg's order of planes: green, blue, red.
    let format: AVPixelFormat
    private let is16Bit: Bool

    /// - Returns: nil if swscale converts `source` to `target` without that fault.
    init?(from source: FrameLayout, to target: FrameLayout) {
        guard source.height == target.height, let pixels = PixelFormat(source.format), pixels.chromaShiftY > 0
        else { return nil }
        switch target.format {
        case AV_PIX_FMT_RGB24: (format, is16Bit) = (AV_PIX_FMT_GBRP, false)
        case AV_PIX_FMT_RGB48LE: (format, is16Bit) = (AV_PIX_FMT_GBRP16LE, true)
        default: return nil
        }
    }

    /// Fills `packed`, in the target's format, from `planar`, a frame of the same size in `format`.
    func interleave(_ planar: borrowing FrameBuffer, into packed: borrowing FrameBuffer) throws(MediaError) {
        guard let green = planar.plane(0), let blue = planar.plane(1), let red = planar.plane(2),
            let output = packed.plane(0)
        else { throw MediaError(.damaged, "a frame cannot be converted to RGB") }
        let (width, height) = (Int(packed.pointer.pointee.width), Int(packed.pointer.pointee.height))
        for y in 0..<height {
            let row = output.base + y * output.stride
            let sources = [red, green, blue].map { $0.base + y * $0.stride }
            if is16Bit {
                Self.interleave(sources, into: row, count: width, of: UInt16.self)
            } else {
                Self.interleave(sources, into: row, count: width, of: UInt8.self)
            }
        }
    }

    /// - Parameter components: rows of `count` samples each: red, green and blue.
    @inline(__always)
    private static func interleave<Sample>(
        _ components: [UnsafeMutablePointer<UInt8>], into row: UnsafeMutablePointer<UInt8>, count: Int,
        of type: Sample.Type
    ) {
        let output = UnsafeMutableRawPointer(row).assumingMemoryBound(to: type)
        for (offset, component) in components.enumerated() {
            let input = UnsafeRawPointer(component).assumingMemoryBound(to: type)
            for x in 0..<count { output[3 * x + offset] = input[x] }
        }
    }
}
