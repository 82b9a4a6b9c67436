import CFFmpeg
import Media

/// The sole owner of the `AVCodecContext` that encodes frames.
final class VideoEncoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let file: String
    /// Whether frames are encoded in their own size; otherwise a column or row is added.
    let isEven: Bool
    /// The field order of the encoded frames; progressive unless the codec supports fields.
    let fieldOrder: AVFieldOrder

    /// - Parameters:
    ///   - timeBase: the unit of the frames' time stamps.
    ///   - needsGlobalHeader: whether the container stores the codec's headers outside the packets.
    ///   - isLive: whether every frame must be returned before the next is sent, at the cost of some size.
    init(
        container: OutputContainer, format: CanvasFormat, source: SourceProperties, timeBase: Rational,
        settings: VideoSettings, needsGlobalHeader: Bool, isLive: Bool = false, file: String
    ) throws(MediaError) {
        self.file = file
        fieldOrder = Self.fieldOrder(container, format, source)
        let name = container.videoEncoder
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw MediaError(.cannotWrite, "this build of FFmpeg has no \(name) encoder", file: file)
        }
        guard let context = avcodec_alloc_context3(codec) else {
            throw MediaError(.cannotWrite, "no memory for an encoder", file: file)
        }
        self.context = context
        isEven = container == .webm || !format.isSubsampled || format.width % 2 == 0 && format.height % 2 == 0
        context.pointee.width = Int32(isEven ? format.width : EvenFrame.length(format.width))
        context.pointee.height = Int32(isEven ? format.height : EvenFrame.length(format.height))
        context.pointee.pix_fmt = format.pixelFormat
        context.pointee.sample_aspect_ratio = source.sampleAspectRatio.avRational
        context.pointee.color_range = format.color.range
        context.pointee.colorspace = format.color.matrix
        context.pointee.color_primaries = format.color.primaries
        context.pointee.color_trc = format.color.transfer
        context.pointee.chroma_sample_location =
            format.isSubsampled ? format.chromaLocation : AVCHROMA_LOC_UNSPECIFIED
        context.pointee.time_base = timeBase.avRational
        context.pointee.field_order = fieldOrder
        if fieldOrder.isInterlaced { context.pointee.flags |= AV_CODEC_FLAG_INTERLACED_DCT }
        if source.averageFrameRate.isPositive { context.pointee.framerate = source.averageFrameRate.avRational }
        // A key frame about every two seconds: it begins a fragment, and allows fast seeking.
        let rate = source.averageFrameRate.isPositive ? source.averageFrameRate.value : 25
        context.pointee.gop_size = Int32(min(max((2 * rate).rounded(), 12), 250))
        // Without B-frames decoding order is presentation order, so that all containers store time stamps exactly,
        // without edit lists.
        context.pointee.max_b_frames = 0
        context.pointee.thread_count = Int32(max(settings.threads, 1))
        // VP9's crf sets constant quality only without a bit rate; x264 ignores the bit rate if crf is set.
        context.pointee.bit_rate = 0
        if needsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        for (key, value) in Self.options(container, settings, fieldOrder, source.mastering, isLive: isLive) {
            av_opt_set(context.pointee.priv_data, key, value, 0)
        }
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else {
            let size = "\(format.width)x\(format.height)"
            throw MediaError(
                .cannotWrite, "\(name) does not take frames of \(size)", underlyingCode: status, file: file)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    private static func options(
        _ container: OutputContainer, _ settings: VideoSettings, _ fieldOrder: AVFieldOrder,
        _ mastering: MasteringMetadata, isLive: Bool
    ) -> [(String, String)] {
        guard container == .webm else {
            var parameters = repeatable + mastering.encoderParameters
            // The frame's own flag would be too late for the first frame's field order.
            if fieldOrder.isInterlaced { parameters.append(fieldOrder == AV_FIELD_TT ? "tff=1" : "bff=1") }
            return [("preset", settings.preset.rawValue), ("crf", String(settings.crf ?? 18))]
                + (isLive ? [("tune", "zerolatency"), ("forced-idr", "1")] : [])
                + (parameters.isEmpty ? [] : [("x264-params", parameters.joined(separator: ":"))])
        }
        return [
            ("crf", String(settings.crf ?? 28)), ("deadline", "realtime"), ("cpu-used", "6"), ("row-mt", "1"),
            ("lag-in-frames", "0"), ("auto-alt-ref", "0"),
        ]
    }

    /// x264's AVX-512 kernel for macroblock trees reads uninitialised memory, so that the same frames occasionally
    /// result in different bytes (x264 0.164; no other kernel does). Every CPU with AVX-512 supports the instruction
    /// sets listed here instead.
    private static var repeatable: [String] {
        guard av_get_cpu_flags() & AV_CPU_FLAG_AVX512 != 0 else { return [] }
        return ["asm=MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"]
    }

    /// Writes the encoder's description to a stream's parameters.
    func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>) throws(MediaError) {
        try check(saliency_parameters_from_encoder(parameters, context))
    }

    /// The parameters that decoding the packets requires.
    func parameters() throws(MediaError) -> CodecParameters {
        var parameters = avcodec_parameters_alloc()
        defer { avcodec_parameters_free(&parameters) }
        guard let parameters else { throw MediaError(.cannotWrite, "no memory for an encoder", file: file) }
        try describe(parameters)
        return try CodecParameters(copying: parameters)
    }

    var timeBase: AVRational { context.pointee.time_base }

    /// H.264 supports fields if the number of lines is a multiple of four; VP9 does not support fields.
    private static func fieldOrder(
        _ container: OutputContainer, _ format: CanvasFormat, _ source: SourceProperties
    ) -> AVFieldOrder {
        let isCodable = container != .webm && format.isSubsampled && format.height % 4 == 0
        // A frame with panes does not have the source's lines.
        return isCodable && format.height == source.height ? source.fieldOrder : AV_FIELD_PROGRESSIVE
    }

    /// Sends a frame, or nil to signal the end.
    func send(_ frame: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
        guard let frame else { return try check(avcodec_send_frame(context, nil)) }
        saliency_frame_set_fields(frame, fieldOrder.isInterlaced, fieldOrder == AV_FIELD_TT)
        guard !isEven else { return try check(avcodec_send_frame(context, frame)) }
        let even = try EvenFrame.copy(of: frame)
        try check(avcodec_send_frame(context, even.pointer))
    }

    /// The next packet; nil if the encoder needs more frames or has no more packets.
    func receive() throws(MediaError) -> PacketBuffer? {
        let packet = try PacketBuffer()
        let status = avcodec_receive_packet(context, packet.pointer)
        if status == saliency_averror_again || status == saliency_averror_eof { return nil }
        try check(status)
        return packet
    }

    private func check(_ status: Int32) throws(MediaError) {
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "a frame cannot be encoded", underlyingCode: status, file: file)
        }
    }
}
