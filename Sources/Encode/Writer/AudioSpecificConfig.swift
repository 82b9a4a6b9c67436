import CFFmpeg
import Media

/// What describes AAC sound in a container (ISO/IEC 14496-3, 1.6.2.1), in its two-byte form.
///
/// Written before the first packet is seen; the packet's own header, where it comes in time, replaces it.
struct AudioSpecificConfig {
    let bytes: [UInt8]

    private static let rates: [Int32] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
    ]

    /// Nil if the stream's parameters do not say enough.
    init?(_ parameters: CodecParameters) {
        let fields = parameters.pointer.pointee
        var profile = fields.profile
        var rate = fields.sample_rate
        var channels = fields.ch_layout.nb_channels
        if profile == saliency_profile_aac_he || profile == saliency_profile_aac_he_v2 {
            // The core is low complexity at half the rate; with parametric stereo it has one channel.
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
