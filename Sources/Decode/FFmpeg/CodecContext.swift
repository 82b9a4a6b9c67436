import CFFmpeg
import Media

/// The sole owner of an open decoder, an `AVCodecContext`.
struct CodecContext: ~Copyable {
    /// Never nil; lent for the duration of a call.
    let pointer: UnsafeMutablePointer<AVCodecContext>

    /// Opens the decoder of `parameters`.
    ///
    /// Decoding continues after damage: FFmpeg conceals errors where it can and reports the others packet by packet.
    ///
    /// - Parameter decoder: FFmpeg's name of the decoder to use; nil for the codec's default.
    static func open(
        _ parameters: UnsafePointer<AVCodecParameters>, decoder: String? = nil, timeBase: Rational, threads: Int,
        maximumPixels: Int
    ) throws(MediaError) -> CodecContext {
        let named = decoder.flatMap { avcodec_find_decoder_by_name($0) }
        guard let codec = named ?? avcodec_find_decoder(parameters.pointee.codec_id) else {
            let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
            throw MediaError(.notMedia, "no decoder for \(name)")
        }
        let decoder = try CodecContext(codec: codec)
        let status = avcodec_parameters_to_context(decoder.pointer, parameters)
        guard status >= 0 else { throw MediaError(.damaged, "bad codec parameters", underlyingCode: status) }
        decoder.pointer.pointee.pkt_timebase = timeBase.avRational
        try decoder.open(codec, threads: threads, maximumPixels: maximumPixels)
        return decoder
    }

    /// Opens the decoder of `codec` for single images.
    static func open(images id: AVCodecID, maximumPixels: Int) throws(MediaError) -> CodecContext {
        guard let codec = avcodec_find_decoder(id) else {
            throw MediaError(.notMedia, "no decoder for \(String(cString: avcodec_get_name(id)))")
        }
        let decoder = try CodecContext(codec: codec)
        try decoder.open(codec, threads: 1, maximumPixels: maximumPixels)
        return decoder
    }

    private init(codec: UnsafePointer<AVCodec>) throws(MediaError) {
        guard let context = avcodec_alloc_context3(codec) else { throw MediaError(.damaged, "no memory for a decoder") }
        pointer = context
    }

    private func open(_ codec: UnsafePointer<AVCodec>, threads: Int, maximumPixels: Int) throws(MediaError) {
        pointer.pointee.thread_count = Int32(clamping: threads)
        pointer.pointee.max_pixels = Int64(maximumPixels)
        let status = avcodec_open2(pointer, codec, nil)
        guard status >= 0 else {
            let name = String(cString: codec.pointee.name)
            throw MediaError(.damaged, "the \(name) decoder cannot be opened", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&context)
    }

    /// Sets which frames the decoder skips, from the next packet on.
    func skip(_ frames: AVDiscard) {
        pointer.pointee.skip_frame = frames
    }

    enum SendResult {
        case accepted
        /// Frames must be received first; the packet was not consumed.
        case full
        case failed(Int32)
    }

    /// Sends a packet to the decoder; the caller keeps its own reference.
    func send(_ packet: borrowing PacketBuffer) -> SendResult {
        Self.sendResult(avcodec_send_packet(pointer, packet.pointer))
    }

    /// Signals that no packet follows: the remaining frames are then received, followed by `.end`.
    func sendEnd() -> SendResult {
        Self.sendResult(avcodec_send_packet(pointer, nil))
    }

    /// Makes the decoder ready for new packets after `.end`.
    func flush() {
        avcodec_flush_buffers(pointer)
    }

    enum ReceiveResult {
        case frame
        case needsPacket
        case end
        case failed(Int32)
    }

    /// Receives the next frame in presentation order.
    func receive(into frame: borrowing FrameBuffer) -> ReceiveResult {
        switch avcodec_receive_frame(pointer, frame.pointer) {
        case 0...: .frame
        case saliency_averror_again: .needsPacket
        case saliency_averror_eof: .end
        case let code: .failed(code)
        }
    }

    private static func sendResult(_ status: Int32) -> SendResult {
        switch status {
        case 0...: .accepted
        case saliency_averror_again: .full
        default: .failed(status)
        }
    }
}
