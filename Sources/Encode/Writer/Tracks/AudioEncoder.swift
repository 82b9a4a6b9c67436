import CFFmpeg
import Media

/// The sole owner of the `AVCodecContext` that encodes sound.
final class AudioEncoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    /// The channels of its input.
    let channels: ChannelMask

    /// - Parameters:
    ///   - sampleRate: in hertz; the nearest rate that the codec supports is used.
    ///   - channels: mixed down if the codec does not support this layout.
    convenience init(
        name: String, sampleRate: Int, channels: ChannelMask, needsGlobalHeader: Bool
    ) throws(MediaError) {
        for substitute in channels.substitutes.dropLast() {
            do throws(MediaError) {
                try self.init(
                    name: name, sampleRate: sampleRate, taking: substitute, needsGlobalHeader: needsGlobalHeader)
                return
            } catch {
                continue
            }
        }
        try self.init(name: name, sampleRate: sampleRate, taking: .stereo, needsGlobalHeader: needsGlobalHeader)
    }

    /// - Throws: `MediaError.cannotWrite` if the codec does not support this layout.
    private init(
        name: String, sampleRate: Int, taking channels: ChannelMask, needsGlobalHeader: Bool
    ) throws(MediaError) {
        guard let codec = avcodec_find_encoder_by_name(name), let context = avcodec_alloc_context3(codec) else {
            throw MediaError(.cannotWrite, "this build of FFmpeg has no \(name) encoder")
        }
        self.context = context
        self.channels = channels
        context.pointee.sample_rate = Self.sampleRate(of: codec, nearest: Int32(clamping: sampleRate))
        context.pointee.sample_fmt = saliency_encoder_sample_format(codec, AV_SAMPLE_FMT_FLTP)
        context.pointee.ch_layout = channels.layout
        context.pointee.bit_rate = Int64(channels.count) * 64_000
        context.pointee.time_base = AVRational(num: 1, den: context.pointee.sample_rate)
        if needsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "the \(name) encoder does not take this sound", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    var sampleRate: Int32 { context.pointee.sample_rate }
    var sampleFormat: AVSampleFormat { context.pointee.sample_fmt }
    var channelCount: Int32 { context.pointee.ch_layout.nb_channels }
    /// The samples at the beginning that decoders discard; time stamps begin at minus this number.
    var initialPadding: Int64 { Int64(max(0, context.pointee.initial_padding)) }
    /// The number of samples per frame.
    var frameSize: Int32 { context.pointee.frame_size > 0 ? context.pointee.frame_size : 1024 }
    var timeBase: AVRational { context.pointee.time_base }

    func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>) throws(MediaError) {
        try check(avcodec_parameters_from_context(parameters, context))
    }

    /// An empty frame in the encoder's format with room for `count` samples.
    func frame(count: Int32) throws(MediaError) -> FrameBuffer {
        let frame = try FrameBuffer()
        frame.pointer.pointee.nb_samples = count
        frame.pointer.pointee.format = sampleFormat.rawValue
        frame.pointer.pointee.sample_rate = sampleRate
        try check(av_channel_layout_copy(&frame.pointer.pointee.ch_layout, &context.pointee.ch_layout))
        try check(av_frame_get_buffer(frame.pointer, 0))
        return frame
    }

    /// Sends `frameSize` samples (fewer only in the last frame), or nil to signal the end.
    func send(_ frame: UnsafePointer<AVFrame>?) throws(MediaError) {
        try check(avcodec_send_frame(context, frame))
    }

    /// The next packet; nil if the encoder needs more samples or has no more packets.
    func receive() throws(MediaError) -> PacketBuffer? {
        let packet = try PacketBuffer()
        let status = avcodec_receive_packet(context, packet.pointer)
        if status == saliency_averror_again || status == saliency_averror_eof { return nil }
        try check(status)
        return packet
    }

    private static func sampleRate(of codec: UnsafePointer<AVCodec>, nearest wanted: Int32) -> Int32 {
        guard var rate = saliency_encoder_sample_rates(codec) else { return wanted }
        var best = rate.pointee
        while rate.pointee != 0 {
            if abs(rate.pointee - wanted) < abs(best - wanted) { best = rate.pointee }
            rate += 1
        }
        return best
    }

    private func check(_ status: Int32) throws(MediaError) {
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "sound cannot be encoded", underlyingCode: status)
        }
    }
}
