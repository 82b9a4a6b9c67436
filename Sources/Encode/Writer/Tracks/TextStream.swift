import CFFmpeg
import Media

/// A stream of text in an output.
protocol TextStream: AnyObject {
    var stream: UnsafeMutablePointer<AVStream> { get }
    /// Encodes text for the stream's codec.
    func encoded(_ text: String) -> [UInt8]
    /// Writes encoded text; calls must be in order of time.
    ///
    /// - Parameters:
    ///   - start: seconds since the output's beginning.
    ///   - stop: seconds since the output's beginning.
    func write(_ cue: [UInt8], from start: Double, to stop: Double, muxer: Muxer) throws(MediaError)
    /// - Parameter stop: the end of the frames, in seconds since the output's beginning.
    func finish(at stop: Double, muxer: Muxer) throws(MediaError)
}

extension OutputContainer {
    /// Adds a stream of the container's text codec; nil if it supports none.
    ///
    /// - Parameters:
    ///   - finestUnit: the largest denominator of all other tracks' time bases.
    ///   - description: the sample description of copied timed text; nil for the default.
    func textStream(
        muxer: Muxer, finestUnit: Int32, description: [UInt8]? = nil
    ) throws(MediaError) -> (any TextStream)? {
        guard let codec = labelCodec else { return nil }
        guard codec == AV_CODEC_ID_MOV_TEXT else { return try PlainTextStream(codec, muxer: muxer) }
        return try TimedTextStream(muxer: muxer, finestUnit: finestUnit, description: description)
    }
}

/// A SubRip or WebVTT stream of a Matroska or WebM file.
final class PlainTextStream: TextStream {
    let stream: UnsafeMutablePointer<AVStream>
    private let codec: AVCodecID
    /// In milliseconds.
    private var lastStart: Int64 = 0

    init(_ codec: AVCodecID, muxer: Muxer) throws(MediaError) {
        self.codec = codec
        stream = try muxer.addStream()
        stream.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        stream.pointee.codecpar.pointee.codec_id = codec
        stream.pointee.time_base = AVRational(num: 1, den: 1000)
    }

    func encoded(_ text: String) -> [UInt8] {
        // A cue is one paragraph; an empty line would end it.
        let lines = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        return Array((codec == AV_CODEC_ID_WEBVTT ? WebVTT.escaped(lines) : lines).utf8.prefix(Int(UInt16.max)))
    }

    func write(_ cue: [UInt8], from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        let first = max(ticks(max(start, 0) * 1000), lastStart)
        let last = ticks(max(stop, 0) * 1000)
        guard last > first else { return }
        lastStart = first
        let packet = try PacketBuffer.holding(cue)
        packet.pointer.pointee.stream_index = stream.pointee.index
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointer.pointee.pts = first
        packet.pointer.pointee.dts = first
        packet.pointer.pointee.duration = last - first
        av_packet_rescale_ts(packet.pointer, AVRational(num: 1, den: 1000), stream.pointee.time_base)
        try muxer.write(packet)
    }

    func finish(at stop: Double, muxer: Muxer) {}
}
