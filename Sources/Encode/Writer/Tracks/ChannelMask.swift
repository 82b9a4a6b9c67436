import CFFmpeg

/// The loudspeakers that a sound's channels are for, in FFmpeg's native order.
struct ChannelMask: Hashable {
    /// FFmpeg's `AV_CH_…` bits.
    let bits: UInt64

    static let stereo = ChannelMask(bits: 0x3)
    static let surround = ChannelMask(bits: 0x3f)

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// - Parameter layout: one that only counts channels, or orders them otherwise, is taken as FFmpeg's usual one of as many.
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

    /// The same, with rear loudspeakers for those at the sides where that is what AAC and Opus mean by this many channels: the
    /// decoders of DVD sound put them at the sides.
    var encodable: ChannelMask {
        let (sides, backs): (UInt64, UInt64) = (0x600, 0x30)
        let moved = ChannelMask(bits: bits & ~sides | backs)
        let common: [UInt64] = [0x33, 0x37, 0x3f]
        return bits & sides == sides && bits & backs == 0 && common.contains(moved.bits) ? moved : self
    }

    /// What an encoder may take, the first it can: itself, then with fewer channels.
    var substitutes: [ChannelMask] {
        [encodable, self, .surround, .stereo].filter { $0.count <= count || $0 == .stereo }
    }
}
