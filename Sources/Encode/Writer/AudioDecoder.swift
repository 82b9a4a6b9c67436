import CFFmpeg
import Media

/// The one owner of the `AVCodecContext` that turns a source's sound into samples.
final class AudioDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>

    init(_ stream: SideStream) throws(MediaError) {
        guard let codec = avcodec_find_decoder(stream.parameters.pointer.pointee.codec_id),
            let context = avcodec_alloc_context3(codec)
        else {
            throw MediaError(.damaged, "its sound cannot be decoded", stream: stream.index)
        }
        self.context = context
        var status = avcodec_parameters_to_context(context, stream.parameters.pointer)
        context.pointee.pkt_timebase = stream.timeBase.avRational
        context.pointee.thread_count = 1
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        guard status >= 0, context.pointee.sample_rate > 0, context.pointee.ch_layout.nb_channels > 0 else {
            throw MediaError(
                .damaged, "its sound cannot be decoded", underlyingCode: status < 0 ? status : nil,
                stream: stream.index)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    var sampleRate: Int { Int(context.pointee.sample_rate) }
    var channels: ChannelMask { ChannelMask(context.pointee.ch_layout) }

    /// Takes a packet, or nil for "no more".
    ///
    /// - Returns: whether the decoder could use it.
    func send(_ packet: UnsafePointer<AVPacket>?) -> Bool {
        avcodec_send_packet(context, packet) >= 0
    }

    /// The next samples; nil if the decoder wants more packets, has no more samples or cannot go on with this packet.
    func receive() throws(MediaError) -> FrameBuffer? {
        let frame = try FrameBuffer()
        guard avcodec_receive_frame(context, frame.pointer) >= 0 else { return nil }
        return frame
    }
}
