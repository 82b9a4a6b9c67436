import CFFmpeg
import Media

/// A `tx3g` (timed text) stream of an MP4 or MOV file.
///
/// FFmpeg's muxer (5.1 to 7.1) ends a text sample automatically when another track's time stamp passes its end, but
/// compares the two without converting their units. When writing fragments it aborts the process as a consequence of
/// ending a sample too early, and also for a step of more than 31 bits of ticks (MuxerFaultTests, docs/ffmpeg.md). So
/// the stream's ticks are no coarser than those of any other track, it has no gaps (empty samples fill them), and long
/// samples are divided.
final class TimedTextStream: TextStream {
    private static let longestPiece = Int64(Int32.max)
    /// The minimum number of ticks per second: the highest sample rate of encoded sound.
    private static let coarsestUnit: Int32 = 96_000

    let stream: UnsafeMutablePointer<AVStream>
    private let timeBase: Rational
    /// The end of the last sample, in ticks.
    private var end: Int64 = 0
    /// The start of the last sample, in ticks.
    private var lastStart: Int64 = 0

    /// - Parameters:
    ///   - finestUnit: the largest denominator of all other tracks' time bases.
    ///   - description: the sample description; nil for the default.
    init(muxer: Muxer, finestUnit: Int32, description: [UInt8]? = nil) throws(MediaError) {
        timeBase = Rational(1, max(Self.coarsestUnit, finestUnit))
        stream = try muxer.addStream()
        stream.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        stream.pointee.codecpar.pointee.codec_id = AV_CODEC_ID_MOV_TEXT
        stream.pointee.time_base = timeBase.avRational
        try stream.pointee.codecpar.setExtradata(description ?? Self.usualDescription)
    }

    /// Writes a sample, after an empty one if there is a gap to the previous sample.
    ///
    /// - Parameters:
    ///   - sample: the text, preceded by its length.
    ///   - start: seconds since the output's beginning; if it is before the last sample's end, that end is used.
    ///   - stop: seconds since the output's beginning.
    func write(_ sample: [UInt8], from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        let first = max(ticks(start / timeBase.value), end)
        let last = ticks(stop / timeBase.value)
        guard last > first, last < 1 << 60 else { return }
        try write([0, 0], until: first, muxer)
        try write(sample, until: last, muxer)
    }

    /// Ends the stream with the frames, so that it does not lengthen the file.
    ///
    /// The muxer ends a text stream with an empty sample of the same duration as the last one. So the last sample has
    /// one tick, and the muxer's sample is the last tick of the frames.
    ///
    /// - Parameter stop: the end of the frames, in seconds since the output's beginning.
    func finish(at stop: Double, muxer: Muxer) throws(MediaError) {
        let last = max(ticks(stop / timeBase.value), end)
        guard last < 1 << 60, last - lastStart > 2, end > 0 || last > 2 else { return }
        try write([0, 0], until: last - 2, muxer)
        try emit([0, 0], from: last - 2, duration: 1, muxer)
        end = last
    }

    /// The sample of plain text: the text, preceded by its length.
    func encoded(_ text: String) -> [UInt8] {
        // The length field has 16 bits.
        let bytes = Array(text.utf8.prefix(Int(UInt16.max)))
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
    }

    private func write(_ sample: [UInt8], until last: Int64, _ muxer: Muxer) throws(MediaError) {
        // An invalid time stamp far ahead would cause a huge number of pieces.
        guard (last - end) / Self.longestPiece < 1000 else { return }
        while end < last {
            let next = min(last, end + Self.longestPiece)
            try emit(sample, from: end, duration: next - end, muxer)
            end = next
        }
    }

    private func emit(_ sample: [UInt8], from start: Int64, duration: Int64, _ muxer: Muxer) throws(MediaError) {
        let packet = try PacketBuffer.holding(sample)
        packet.pointer.pointee.stream_index = stream.pointee.index
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointer.pointee.pts = start
        packet.pointer.pointee.dts = start
        packet.pointer.pointee.duration = duration
        av_packet_rescale_ts(packet.pointer, timeBase.avRational, stream.pointee.time_base)
        try muxer.write(packet)
        lastStart = start
    }

    /// The `tx3g` sample description (3GPP TS 26.245, 5.16): white text, centred at the bottom, one font. Font and size
    /// are FFmpeg's defaults, so that it adds no tags to texts that it converts.
    private static var usualDescription: [UInt8] {
        let font = Array("Arial".utf8)
        let flagsAndJustification: [UInt8] = [0, 0, 0, 0, 1, 0xff]
        let backgroundAndBox = [UInt8](repeating: 0, count: 4 + 8)
        let style: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 16, 0xff, 0xff, 0xff, 0xff]
        let fontTable: [UInt8] =
            [0, 0, 0, UInt8(13 + font.count)] + Array("ftab".utf8) + [0, 1, 0, 1, UInt8(font.count)] + font
        return flagsAndJustification + backgroundAndBox + style + fontTable
    }
}

extension UnsafeMutablePointer<AVCodecParameters> {
    /// Sets a copy of `bytes` as extradata of the parameters, which have none yet.
    func setExtradata(_ bytes: [UInt8]) throws(MediaError) {
        guard let memory = av_mallocz(bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
            throw MediaError(.cannotWrite, "no memory for a stream")
        }
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
        pointee.extradata_size = Int32(bytes.count)
    }
}

extension PacketBuffer {
    /// A packet with a copy of `bytes`.
    static func holding(_ bytes: [UInt8]) throws(MediaError) -> PacketBuffer {
        let packet = try PacketBuffer()
        let status = av_new_packet(packet.pointer, Int32(bytes.count))
        guard status >= 0 else { throw MediaError(.cannotWrite, "no memory for a packet", underlyingCode: status) }
        packet.pointer.pointee.data?.update(from: bytes, count: bytes.count)
        return packet
    }
}
