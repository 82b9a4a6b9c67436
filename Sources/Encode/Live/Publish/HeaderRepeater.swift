import CFFmpeg
import Media

/// Puts the codec's headers, which a file keeps once, before each key frame, so that a receiver can begin at any of them.
///
/// Not thread-safe.
final class HeaderRepeater {
    private let context: UnsafeMutablePointer<AVBSFContext>

    init(_ stream: LiveStream) throws(MediaError) {
        var context: UnsafeMutablePointer<AVBSFContext>?
        var status = av_bsf_alloc(av_bsf_get_by_name("dump_extra"), &context)
        guard status >= 0, let context else {
            throw MediaError(.cannotWrite, "this build of FFmpeg cannot repeat headers", underlyingCode: status)
        }
        self.context = context
        context.pointee.time_base_in = stream.timeBase.avRational
        status = avcodec_parameters_copy(context.pointee.par_in, stream.parameters.pointer)
        // At key frames is what it does by itself.
        if status >= 0 { status = av_bsf_init(context) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVBSFContext>? = context
        av_bsf_free(&context)
    }

    /// Replaces `packet`, which is one reference of several, by the same with headers where it is a key frame.
    func apply(to packet: borrowing PacketBuffer) throws(MediaError) {
        var status = av_bsf_send_packet(context, packet.pointer)
        if status >= 0 { status = av_bsf_receive_packet(context, packet.pointer) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }
}
