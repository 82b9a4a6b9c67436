import CFFmpeg

/// Which part of a sound stream's packets is heard. What an edit list cuts off, and what only runs the decoder in, is
/// decoded and thrown away.
///
/// Counts as FFmpeg's decoders do: `AV_PKT_DATA_SKIP_SAMPLES` says how much of the sound from there on is thrown away, and
/// packets with `AV_PKT_FLAG_DISCARD` are part of that.
public struct HeardSound {
    private let timeBase: Rational
    private let parameters: CodecParameters
    /// Seconds that are still to be thrown away.
    private var hidden = 0.0

    /// A hundredth of a sample or so: less is rounding.
    private static let tolerance = 1e-6

    public init(_ stream: AuxiliaryStream) {
        timeBase = stream.timeBase
        parameters = stream.parameters
        // Opus decoders throw away what the stream's description says, whether or not the packets say so too.
        let fields = stream.parameters.pointer.pointee
        if fields.codec_id == AV_CODEC_ID_OPUS { hidden = Double(max(0, fields.initial_padding)) / 48_000 }
    }

    /// Takes the stream's next packet.
    ///
    /// - Returns: seconds at the packet's beginning that are not heard; nil if nothing of it is.
    public mutating func hiddenStart(of packet: borrowing PacketBuffer) -> Double? {
        let duration = self.duration(of: packet)
        let rate = Double(parameters.pointer.pointee.sample_rate)
        var hiddenEnd = 0.0
        if let (start, end) = Self.skippedSamples(packet), rate > 0 {
            hidden = Double(start) / rate
            hiddenEnd = Double(end) / rate
        }
        let isDiscarded = packet.pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0
        let skipped = hidden
        hidden = max(0, hidden - duration)
        if isDiscarded || duration > 0 && skipped + hiddenEnd >= duration - Self.tolerance { return nil }
        return skipped
    }

    /// Seconds; 0 if unknown.
    public func duration(of packet: borrowing PacketBuffer) -> Double {
        let fields = packet.pointer.pointee
        if fields.duration > 0 { return timeBase.seconds(fields.duration) }
        let rate = parameters.pointer.pointee.sample_rate
        guard rate > 0 else { return 0 }
        return Double(max(0, av_get_audio_frame_duration2(parameters.pointer, fields.size))) / Double(rate)
    }

    /// Samples to be thrown away from the packet's first on, and at its end.
    private static func skippedSamples(_ packet: borrowing PacketBuffer) -> (start: UInt32, end: UInt32)? {
        var size = 0
        guard let data = av_packet_get_side_data(packet.pointer, AV_PKT_DATA_SKIP_SAMPLES, &size), size >= 8 else {
            return nil
        }
        func number(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(data[offset + $1]) << (8 * UInt32($1)) }
        }
        return (number(0), number(4))
    }
}
