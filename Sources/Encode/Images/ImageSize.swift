import CFFmpeg
import Media

/// The size of a losslessly compressed image, a measure of its information content.
public enum ImageSize {
    /// Whether this build of FFmpeg can measure it.
    public static var isKnown: Bool { FrameEncoder.Kind.webP.isKnown }

    /// Bytes of `image` as a WebP file.
    ///
    /// - Throws: `MediaError.cannotWrite` if it cannot be compressed, or this build of FFmpeg has no WebP.
    public static func webP(_ image: Image) throws(MediaError) -> Int {
        FFmpegLog.silence()
        let encoder = try FrameEncoder.open(
            .webP, width: image.width, height: image.height, pixelFormat: AV_PIX_FMT_BGRA)
        let packet = try encoder.encode(opaque(image))
        return Int(packet.pointer.pointee.size)
    }

    /// The image as FFmpeg's BGRA, opaque.
    private static func opaque(_ image: Image) throws(MediaError) -> FrameBuffer {
        let frame = try FrameBuffer.allocate(width: image.width, height: image.height, format: AV_PIX_FMT_BGRA)
        guard let base = frame.pointer.pointee.data.0 else { return frame }
        let stride = Int(frame.pointer.pointee.linesize.0)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let source = (y * image.width + x) * image.channels
                let target = base + y * stride + 4 * x
                // Grey has one value for all three channels.
                let last = image.channels - 1
                target[0] = image.bytes[source + last]
                target[1] = image.bytes[source + last / 2]
                target[2] = image.bytes[source]
                target[3] = 255
            }
        }
        return frame
    }
}
