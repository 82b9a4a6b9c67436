import CFFmpeg
import Media

/// How much there is to see in a picture: the bytes it takes, compressed without loss.
public enum PictureSize {
    /// What WebP without loss does with effort 100: what PAIR's package takes for a picture's entropy.
    private static let settings = [("lossless", "1"), ("quality", "100")]

    /// Whether this build of FFmpeg can tell.
    public static var isKnown: Bool { avcodec_find_encoder_by_name("libwebp") != nil }

    /// Bytes of `picture` as a WebP file.
    ///
    /// - Throws: `MediaError.cannotWrite` if it cannot be compressed, or this build of FFmpeg has no WebP.
    public static func webP(_ picture: Picture) throws(MediaError) -> Int {
        FFmpegLog.silence()
        func check(_ status: Int32) throws(MediaError) {
            guard status >= 0 else {
                throw MediaError(.cannotWrite, "a picture cannot be compressed", underlyingCode: status)
            }
        }
        guard let codec = avcodec_find_encoder_by_name("libwebp"), let context = avcodec_alloc_context3(codec) else {
            throw MediaError(.cannotWrite, "this build of FFmpeg has no WebP")
        }
        defer {
            var context: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&context)
        }
        context.pointee.width = Int32(picture.width)
        context.pointee.height = Int32(picture.height)
        context.pointee.pix_fmt = AV_PIX_FMT_BGRA
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.thread_count = 1
        for (key, value) in settings { try check(av_opt_set(context.pointee.priv_data, key, value, 0)) }
        try check(avcodec_open2(context, codec, nil))
        let frame = try opaque(picture)
        try check(avcodec_send_frame(context, frame.pointer))
        let packet = try PacketBuffer()
        try check(avcodec_receive_packet(context, packet.pointer))
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
