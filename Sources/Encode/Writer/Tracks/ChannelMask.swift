import CFFmpeg

/// The loudspeaker positions of sound channels, in FFmpeg's native order.
struct ChannelMask: Hashable {
    /// FFmpeg's `AV_CH_…` bits.
    let bits: UInt64

    static let stereo = ChannelMask(bits: 0x3)
    static let surround = ChannelMask(bits: 0x3f)

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// - Parameter layout: a layout without or with another order is replaced by FFmpeg's default for this number of
    ///   channels.
    init(_ layout: AVChannelLayout) {
        if layout.order == AV_CHANNEL_ORDER_NATIVE, layout.u.mask != 0 {
            bits = layout.u.mask
            return
        }
        var usual = AVChannelLayout()
        av_channel_layout_default(&usual, layout.nb_channels)
        bits = usual.order == AV_CHANNEL_ORDER_NATIVE ? usual.u.mask : Self.stereo.bits
    }

    var count: Int { bits.nonzeroBitCount }

    var layout: AVChannelLayout {
        var layout = AVChannelLayout()
        av_channel_layout_from_mask(&layout, bits)
        return layout
    }

    /// FFmpeg's name: "5.1".
    var name: String {
        var layout = layout
        var text = [CChar](repeating: 0, count: 128)
        guard av_channel_layout_describe(&layout, &text, text.count) >= 0 else { return "\(count) channels" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The mask with side loudspeakers replaced by rear ones where AAC and Opus use these for this number of channels:
    /// decoders of DVD sound report side loudspeakers.
    var encodable: ChannelMask {
        let (sides, backs): (UInt64, UInt64) = (0x600, 0x30)
        let moved = ChannelMask(bits: bits & ~sides | backs)
        let common: [UInt64] = [0x33, 0x37, 0x3f]
        return bits & sides == sides && bits & backs == 0 && common.contains(moved.bits) ? moved : self
    }

    /// The layouts to try with an encoder, in order of preference: this one, then those with fewer channels.
    var substitutes: [ChannelMask] {
        [encodable, self, .surround, .stereo].filter { $0.count <= count || $0 == .stereo }
    }
}
