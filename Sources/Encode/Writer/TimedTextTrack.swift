import CFFmpeg
import Decode

/// A text subtitle stream that goes into an MP4 or MOV file as timed text: copied if it is that already, else as its plain
/// text.
final class TimedTextTrack: SideTrack {
    /// Seconds that a subtitle of unknown duration stands at most.
    private static let longestStand = 5.0

    private let output: TimedTextStream
    private let clock: SideClock
    private let timeBase: Rational
    private let isTimedText: Bool
    /// A subtitle whose end the next one tells.
    private var waiting: (sample: [UInt8], start: Double)?

    /// Whether subtitles of this codec can become timed text.
    static func takes(_ codec: AVCodecID) -> Bool {
        [AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_SUBRIP, AV_CODEC_ID_TEXT, AV_CODEC_ID_WEBVTT].contains(codec)
    }

    init(
        _ stream: SideStream, of source: SourceProperties, finestUnit: Int32, muxer: Muxer
    ) throws(MediaError) {
        clock = SideClock(stream, source: source)
        timeBase = stream.timeBase
        isTimedText = stream.parameters.codecID == AV_CODEC_ID_MOV_TEXT
        let parameters = stream.parameters.pointer.pointee
        var description: [UInt8]?
        if isTimedText, let extradata = parameters.extradata, parameters.extradata_size > 0 {
            description = Array(UnsafeBufferPointer(start: extradata, count: Int(parameters.extradata_size)))
        }
        output = try TimedTextStream(muxer: muxer, finestUnit: finestUnit, description: description)
        muxer.carry(stream.label, to: output.stream, named: stream.title)
    }

    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError) {
        let fields = packet.pointer.pointee
        let stamp = fields.pts != saliency_nopts ? fields.pts : fields.dts
        guard stamp != saliency_nopts else { return }
        let start = clock.seconds(stamp)
        try writeWaiting(until: start, to: muxer)
        var bytes = fields.data.map { Array(UnsafeBufferPointer(start: $0, count: Int(fields.size))) } ?? []
        if !isTimedText { bytes = TimedTextStream.sample(Self.plain(String(decoding: bytes, as: UTF8.self))) }
        // Emptiness comes by itself.
        guard bytes.count > 2, bytes[0] > 0 || bytes[1] > 0 else { return }
        if fields.duration > 0 {
            try output.write(bytes, from: start, to: start + timeBase.seconds(fields.duration), muxer: muxer)
        } else {
            waiting = (bytes, start)
        }
    }

    func finish(at end: Double, to muxer: Muxer) throws(MediaError) {
        try writeWaiting(until: .infinity, to: muxer)
        try output.finish(at: end, muxer: muxer)
    }

    var warnings: [String] { [] }

    private func writeWaiting(until end: Double, to muxer: Muxer) throws(MediaError) {
        guard let (sample, start) = waiting else { return }
        waiting = nil
        try output.write(sample, from: start, to: min(end, start + Self.longestStand), muxer: muxer)
    }

    /// Text without the tags of SubRip and WebVTT (`<i>`, `{\an8}`).
    static func plain(_ text: String) -> String {
        var plain = ""
        var closing: Character?
        for character in text {
            if let end = closing {
                if character == end { closing = nil }
            } else if character == "<" {
                closing = ">"
            } else if character == "{" {
                closing = "}"
            } else {
                plain.append(character)
            }
        }
        // A bracket that nothing closes is text.
        return closing == nil ? plain : text
    }
}
