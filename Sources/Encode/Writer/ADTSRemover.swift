import CFFmpeg
import Media

/// Takes the ADTS header (ISO/IEC 13818-7, 6.2) from each packet of AAC, as transport streams carry it, for containers that
/// describe the sound once instead.
///
/// FFmpeg's MP4 muxer does this itself, but not when it writes fragments. Not thread-safe.
final class ADTSRemover {
    private let context: UnsafeMutablePointer<AVBSFContext>

    /// Whether packets of such a stream carry headers: an AAC stream that nothing describes.
    static func isNeeded(for parameters: CodecParameters) -> Bool {
        parameters.codecID == AV_CODEC_ID_AAC && parameters.pointer.pointee.extradata_size == 0
    }

    init(_ stream: SideStream) throws(MediaError) {
        var context: UnsafeMutablePointer<AVBSFContext>?
        var status = av_bsf_alloc(av_bsf_get_by_name("aac_adtstoasc"), &context)
        guard status >= 0, let context else {
            throw MediaError(.cannotWrite, "this build of FFmpeg cannot copy AAC sound", underlyingCode: status)
        }
        self.context = context
        context.pointee.time_base_in = stream.timeBase.avRational
        status = avcodec_parameters_copy(context.pointee.par_in, stream.parameters.pointer)
        if status >= 0 { status = av_bsf_init(context) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "AAC sound cannot be copied", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVBSFContext>? = context
        av_bsf_free(&context)
    }

    /// Replaces `packet` by the same without its header.
    ///
    /// - Returns: false for a packet whose header is damaged.
    func strip(_ packet: borrowing PacketBuffer) -> Bool {
        av_bsf_send_packet(context, packet.pointer) >= 0 && av_bsf_receive_packet(context, packet.pointer) >= 0
    }
}
