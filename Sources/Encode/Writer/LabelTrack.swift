import CFFmpeg
import Decode

/// The subtitle track that says what the network saw.
final class LabelTrack {
    private let output: UnsafeMutablePointer<AVStream>
    private let isTimedText: Bool
    private let timeBase: Rational
    /// Ticks; MP4 counts a sample's duration in 31 bits.
    private static let longestPiece: Int64 = 1 << 30
    /// Where the last label ends, in ticks.
    private var end: Int64 = 0

    /// - Parameter finestUnit: the largest denominator of all other tracks' time bases.
    init?(container: OutputContainer, finestUnit: Int32, muxer: Muxer) throws(MediaError) {
        guard let codec = container.labelCodec else { return nil }
        isTimedText = codec == AV_CODEC_ID_MOV_TEXT
        // FFmpeg's MP4 muxer decides that a label has ended by comparing its end with the time stamps of other tracks
        // without converting their units; ended too early, it aborts. A label's ticks are therefore never the fewer ones.
        timeBase = Rational(1, max(1_000_000, finestUnit))
        output = try muxer.addStream()
        output.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        output.pointee.codecpar.pointee.codec_id = codec
        output.pointee.time_base = timeBase.avRational
        output.pointee.disposition = AV_DISPOSITION_DEFAULT
        av_dict_set(&output.pointee.metadata, "language", "eng", 0)
        av_dict_set(&output.pointee.metadata, "title", "Labels", 0)
        av_dict_set(&output.pointee.metadata, "handler_name", "Labels", 0)
        if isTimedText { try Self.setSampleDescription(output.pointee.codecpar) }
    }

    /// Writes a label.
    ///
    /// - Parameters:
    ///   - start: seconds since the first picture; a label that begins before the last one's end begins there.
    ///   - stop: seconds since the first picture.
    func write(_ text: String, from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        let first = max(ticksOf(start), end)
        let last = ticksOf(stop)
        guard last > first else { return }
        // Timed text has no holes: between labels lies an empty one.
        if isTimedText, first > end { try write("", first: end, last: first, muxer) }
        var piece = first
        while piece < last {
            let next = min(last, piece + Self.longestPiece)
            try write(text, first: piece, last: next, muxer)
            piece = next
        }
        end = last
    }

    private func write(_ text: String, first: Int64, last: Int64, _ muxer: Muxer) throws(MediaError) {
        // One cue is one paragraph: an empty line would end it. 64 KiB is what timed text's length holds.
        let lines = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        var bytes = Array(lines.utf8.prefix(Int(UInt16.max)))
        if isTimedText { bytes.insert(contentsOf: [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)], at: 0) }
        let packet = try PacketBuffer()
        let status = av_new_packet(packet.pointer, Int32(bytes.count))
        guard status >= 0 else { throw MediaError(.cannotWrite, "no memory for a label", underlyingCode: status) }
        packet.pointer.pointee.data?.update(from: bytes, count: bytes.count)
        packet.pointer.pointee.stream_index = output.pointee.index
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointer.pointee.pts = first
        packet.pointer.pointee.dts = first
        packet.pointer.pointee.duration = last - first
        av_packet_rescale_ts(packet.pointer, timeBase.avRational, output.pointee.time_base)
        try muxer.write(packet)
    }

    private func ticksOf(_ seconds: Double) -> Int64 {
        ticks(max(seconds, 0) / timeBase.value)
    }

    /// The `tx3g` sample description (3GPP TS 26.245, 5.16): white text of size 18, centred at the bottom, one font.
    private static func setSampleDescription(
        _ parameters: UnsafeMutablePointer<AVCodecParameters>
    ) throws(MediaError) {
        let font = Array("Sans-Serif".utf8)
        let flagsAndJustification: [UInt8] = [0, 0, 0, 0, 1, 0xff]
        let backgroundAndBox = [UInt8](repeating: 0, count: 4 + 8)
        let style: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 18, 0xff, 0xff, 0xff, 0xff]
        let fontTable: [UInt8] =
            [0, 0, 0, UInt8(13 + font.count)] + Array("ftab".utf8) + [0, 1, 0, 1, UInt8(font.count)] + font
        let description = flagsAndJustification + backgroundAndBox + style + fontTable
        guard let memory = av_mallocz(description.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
            throw MediaError(.cannotWrite, "no memory for a label track")
        }
        memory.copyMemory(from: description, byteCount: description.count)
        parameters.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
        parameters.pointee.extradata_size = Int32(description.count)
    }
}
