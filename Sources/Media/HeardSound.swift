import CFFmpeg

/// Determines which part of an audio stream's packets is audible. Audio that an edit list excludes, and audio that only
/// primes the decoder (pre-skip), is decoded and discarded.
///
/// Counts as FFmpeg's decoders do: `AV_PKT_DATA_SKIP_SAMPLES` states how much audio from that packet on is discarded,
/// and packets with `AV_PKT_FLAG_DISCARD` are part of that amount.
public struct HeardSound {
    private let timeBase: Rational
    private let parameters: CodecParameters
    /// Seconds of audio that are still to be discarded.
    private var undiscarded = 0.0

    /// Seconds: about a hundredth of a sample. A smaller difference is a rounding error.
    private static let tolerance = 1e-6

    public init(_ stream: AuxiliaryStream) {
        timeBase = stream.timeBase
        parameters = stream.parameters
        // Opus decoders discard the pre-skip of the stream's header, whether or not the packets state it too.
        let fields = stream.parameters.pointer.pointee
        if fields.codec_id == AV_CODEC_ID_OPUS { undiscarded = Double(max(0, fields.initial_padding)) / 48_000 }
    }

    /// Processes the stream's next packet.
    ///
    /// - Returns: the inaudible seconds at the packet's beginning; nil if the whole packet is inaudible.
    public mutating func hiddenStart(of packet: borrowing PacketBuffer) -> Double? {
        let duration = self.duration(of: packet)
        let rate = Double(parameters.pointer.pointee.sample_rate)
        var hiddenEnd = 0.0
        if let (start, end) = Self.skippedSamples(packet), rate > 0 {
            undiscarded = Double(start) / rate
            hiddenEnd = Double(end) / rate
        }
        let isDiscarded = packet.pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0
        let skipped = undiscarded
        undiscarded = max(0, undiscarded - duration)
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

    /// The numbers of samples to be discarded from the packet's first sample on, and at its end.
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
