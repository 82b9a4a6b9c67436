import CFFmpeg
import Media

/// Removes the ADTS header (ISO/IEC 13818-7, 6.2) that each AAC packet has in transport streams, for containers that
/// describe the sound once instead.
///
/// FFmpeg's MP4 muxer (5.1 to 7.1) does this itself, but not when it writes fragments. Not thread-safe.
final class ADTSRemover {
    private let context: UnsafeMutablePointer<AVBSFContext>

    /// Whether the stream's packets have ADTS headers: AAC without extradata.
    static func isNeeded(for parameters: CodecParameters) -> Bool {
        parameters.codecID == AV_CODEC_ID_AAC && parameters.pointer.pointee.extradata_size == 0
    }

    init(_ stream: AuxiliaryStream) throws(MediaError) {
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

    /// Removes the header of `packet`.
    ///
    /// - Returns: false for a packet whose header is damaged.
    func strip(_ packet: borrowing PacketBuffer) -> Bool {
        av_bsf_send_packet(context, packet.pointer) >= 0 && av_bsf_receive_packet(context, packet.pointer) >= 0
    }
}

/// The description of AAC sound in a container (ISO/IEC 14496-3, 1.6.2.1), in its two-byte form.
///
/// It is written before the first packet is known; the packet's own header replaces it if it arrives in time.
struct AudioSpecificConfig {
    let bytes: [UInt8]

    private static let rates: [Int32] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
    ]

    /// Nil if the stream's parameters are insufficient.
    init?(_ parameters: CodecParameters) {
        let fields = parameters.pointer.pointee
        var profile = fields.profile
        var rate = fields.sample_rate
        var channels = fields.ch_layout.nb_channels
        if profile == saliency_profile_aac_he || profile == saliency_profile_aac_he_v2 {
            // The core layer is low complexity at half the rate; with parametric stereo it has one channel.
            if profile == saliency_profile_aac_he_v2 { channels = 1 }
            profile = saliency_profile_aac_low
            rate /= 2
        }
        guard (0...3).contains(profile), let rateIndex = Self.rates.firstIndex(of: rate),
            let channelConfiguration = [1, 2, 3, 4, 5, 6, 8].firstIndex(of: channels)
        else { return nil }
        let value = (profile + 1) << 11 | Int32(rateIndex) << 7 | Int32(channelConfiguration + 1) << 3
        bytes = [UInt8(value >> 8), UInt8(value & 0xff)]
    }
}
