import CFFmpeg
import Media

/// How much there is to see in a picture: the bytes it takes, compressed without loss.
public enum PictureSize {
    /// Whether this build of FFmpeg can tell.
    public static var isKnown: Bool { PictureEncoder.Kind.webP.isKnown }

    /// Bytes of `picture` as a WebP file.
    ///
    /// - Throws: `MediaError.cannotWrite` if it cannot be compressed, or this build of FFmpeg has no WebP.
    public static func webP(_ picture: Picture) throws(MediaError) -> Int {
        FFmpegLog.silence()
        let encoder = try PictureEncoder.open(
            .webP, width: picture.width, height: picture.height, pixelFormat: AV_PIX_FMT_BGRA)
        let packet = try encoder.encode(opaque(picture))
        return Int(packet.pointer.pointee.size)
    }

    /// The picture as FFmpeg's BGRA, opaque.
    private static func opaque(_ picture: Picture) throws(MediaError) -> FrameBuffer {
        let frame = try FrameBuffer.picture(width: picture.width, height: picture.height, format: AV_PIX_FMT_BGRA)
        guard let base = frame.pointer.pointee.data.0 else { return frame }
        let stride = Int(frame.pointer.pointee.linesize.0)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let source = (y * picture.width + x) * picture.channels
                let target = base + y * stride + 4 * x
                // Grey has one value for all three.
                let last = picture.channels - 1
                target[0] = picture.bytes[source + last]
                target[1] = picture.bytes[source + last / 2]
                target[2] = picture.bytes[source]
                target[3] = 255
            }
        }
        return frame
    }
}
