import CFFmpeg
import Media

/// The sole owner of an encoder of single images, an `AVCodecContext`. Not thread-safe.
struct FrameEncoder: ~Copyable {
    enum Kind {
        case png
        /// - Parameter quality: on FFmpeg's scale, from 2 (best) to 31.
        case jpeg(quality: Int)
        /// Lossless, with effort 100, the setting by which PAIR's package measures a frame's entropy.
        case webP

        var name: String {
            switch self {
            case .png: "PNG"
            case .jpeg: "JPEG"
            case .webP: "WebP"
            }
        }

        /// Nil if this build of FFmpeg has no such encoder.
        fileprivate var codec: UnsafePointer<AVCodec>? {
            switch self {
            case .png: avcodec_find_encoder(AV_CODEC_ID_PNG)
            case .jpeg: avcodec_find_encoder(AV_CODEC_ID_MJPEG)
            case .webP: avcodec_find_encoder_by_name("libwebp")
            }
        }

        var isKnown: Bool { codec != nil }
    }

    private let context: UnsafeMutablePointer<AVCodecContext>
    /// The file named in errors, if there is one.
    private let file: String?

    /// - Throws: `MediaError.cannotWrite` if this build of FFmpeg has no such encoder, or the encoder does not accept
    ///   such frames.
    static func open(
        _ kind: Kind, width: Int, height: Int, pixelFormat: AVPixelFormat, file: String? = nil
    ) throws(MediaError) -> FrameEncoder {
        guard let codec = kind.codec, let context = avcodec_alloc_context3(codec) else {
            throw MediaError(.cannotWrite, "this build of FFmpeg cannot encode \(kind.name) frames", file: file)
        }
        let encoder = FrameEncoder(context: context, file: file)
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = pixelFormat
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.thread_count = 1
        switch kind {
        case .png: encoder.setQuality(2)
        case .jpeg(let quality): encoder.setQuality(quality)
        case .webP:
            for (key, value) in [("lossless", "1"), ("quality", "100")] {
                try encoder.check(av_opt_set(context.pointee.priv_data, key, value, 0))
            }
        }
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else {
            throw MediaError(
                .cannotWrite, "\(kind.name) does not take frames of \(width)x\(height)", underlyingCode: status,
                file: file)
        }
        return encoder
    }

    private init(context: UnsafeMutablePointer<AVCodecContext>, file: String?) {
        self.context = context
        self.file = file
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    private func setQuality(_ quality: Int) {
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
        context.pointee.global_quality = FF_QP2LAMBDA * Int32(min(max(quality, 2), 31))
    }

    /// Encodes `frame` as the bytes of an image file.
    ///
    /// - Throws: `MediaError.cannotWrite`.
    func encode(_ frame: borrowing FrameBuffer) throws(MediaError) -> PacketBuffer {
        if context.pointee.flags & AV_CODEC_FLAG_QSCALE != 0 {
            frame.pointer.pointee.quality = context.pointee.global_quality
        }
        try check(avcodec_send_frame(context, frame.pointer))
        let packet = try PacketBuffer()
        try check(avcodec_receive_packet(context, packet.pointer))
        return packet
    }

    private func check(_ status: Int32) throws(MediaError) {
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "a frame cannot be encoded", underlyingCode: status, file: file)
        }
    }
}
