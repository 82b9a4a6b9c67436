import CFFmpeg
import Decode

/// The subtitle track that says what the network saw.
final class LabelTrack {
    private let timedText: TimedTextStream?
    private let output: UnsafeMutablePointer<AVStream>
    /// Where the last label ends, in milliseconds; of streams other than timed text.
    private var end: Int64 = 0

    /// - Parameter finestUnit: the largest denominator of all other tracks' time bases.
    init?(container: OutputContainer, finestUnit: Int32, muxer: Muxer) throws(MediaError) {
        guard let codec = container.labelCodec else { return nil }
        if codec == AV_CODEC_ID_MOV_TEXT {
            let timedText = try TimedTextStream(muxer: muxer, finestUnit: finestUnit)
            self.timedText = timedText
            output = timedText.stream
        } else {
            timedText = nil
            output = try muxer.addStream()
            output.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
            output.pointee.codecpar.pointee.codec_id = codec
            output.pointee.time_base = AVRational(num: 1, den: 1000)
        }
        output.pointee.disposition = AV_DISPOSITION_DEFAULT
        av_dict_set(&output.pointee.metadata, "language", "eng", 0)
        av_dict_set(&output.pointee.metadata, "title", "Labels", 0)
        av_dict_set(&output.pointee.metadata, "handler_name", "Labels", 0)
    }

    /// Writes a label.
    ///
    /// - Parameters:
    ///   - start: seconds since the first picture; a label that begins before the last one's end begins there.
    ///   - stop: seconds since the first picture.
    func write(_ text: String, from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        // One cue is one paragraph: an empty line would end it.
        let lines = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        if let timedText {
            return try timedText.write(TimedTextStream.sample(lines), from: start, to: stop, muxer: muxer)
        }
        let first = max(ticks(max(start, 0) * 1000), end)
        let last = ticks(max(stop, 0) * 1000)
        guard last > first else { return }
        end = last
        let packet = try PacketBuffer.holding(Array(lines.utf8.prefix(Int(UInt16.max))))
        packet.pointer.pointee.stream_index = output.pointee.index
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointer.pointee.pts = first
        packet.pointer.pointee.dts = first
        packet.pointer.pointee.duration = last - first
        av_packet_rescale_ts(packet.pointer, AVRational(num: 1, den: 1000), output.pointee.time_base)
        try muxer.write(packet)
    }

    /// - Parameter stop: the end of the pictures, in seconds since the first.
    func finish(at stop: Double, muxer: Muxer) throws(MediaError) {
        try timedText?.finish(at: stop, muxer: muxer)
    }
}
