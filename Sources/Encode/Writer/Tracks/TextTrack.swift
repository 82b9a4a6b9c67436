import CFFmpeg
import Files
import Media

/// A text subtitle stream in the container's text codec: copied if it is already timed text for MP4 or MOV, otherwise
/// converted to plain text.
final class TextTrack: AuxiliaryTrack {
    /// The maximum duration in seconds of a subtitle without a stated duration.
    private static let longestStand = 5.0

    private let output: any TextStream
    private let stream: AuxiliaryStream
    private let clock: AuxiliaryClock
    private let isCopied: Bool
    /// A subtitle that ends when the next one begins.
    private var waiting: (cue: [UInt8], start: Double)?
    private var styledCount = 0

    /// - Parameter finestUnit: the largest denominator of all other tracks' time bases.
    /// - Throws: `MediaError.cannotWrite` for a container without text.
    init(
        _ stream: AuxiliaryStream, of source: SourceProperties, container: OutputContainer, finestUnit: Int32,
        muxer: Muxer
    ) throws(MediaError) {
        self.stream = stream
        clock = AuxiliaryClock(stream, source: source)
        isCopied = container.isMP4 && stream.parameters.codecID == AV_CODEC_ID_MOV_TEXT
        let parameters = stream.parameters.pointer.pointee
        var description: [UInt8]?
        if isCopied, let extradata = parameters.extradata, parameters.extradata_size > 0 {
            description = Array(UnsafeBufferPointer(start: extradata, count: Int(parameters.extradata_size)))
        }
        guard
            let output = try container.textStream(muxer: muxer, finestUnit: finestUnit, description: description)
        else { throw MediaError(.cannotWrite, "\(container.rawValue) files hold no text") }
        self.output = output
        muxer.carry(stream.label, to: output.stream, named: stream.title)
    }

    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError) {
        let fields = packet.pointer.pointee
        let stamp = fields.pts != saliency_nopts ? fields.pts : fields.dts
        guard stamp != saliency_nopts, fields.flags & AV_PKT_FLAG_DISCARD == 0 else { return }
        let start = clock.seconds(stamp)
        try writeWaiting(until: start, to: muxer)
        let bytes = fields.data.map { Array(UnsafeBufferPointer(start: $0, count: Int(fields.size))) } ?? []
        guard let cue = cue(bytes) else { return }
        if fields.duration > 0 {
            try output.write(cue, from: start, to: start + stream.timeBase.seconds(fields.duration), muxer: muxer)
        } else {
            waiting = (cue, start)
        }
    }

    func finish(at end: Double, to muxer: Muxer) throws(MediaError) {
        try writeWaiting(until: .infinity, to: muxer)
        try output.finish(at: end, muxer: muxer)
    }

    var warnings: [String] {
        guard styledCount > 0 else { return [] }
        return [
            "subtitle stream \(stream.index) becomes plain text: styles and places of \(styledCount.counted("text")) are left out"
        ]
    }

    /// The data to be written for a packet; nil for an empty subtitle, because gaps are filled automatically.
    private func cue(_ bytes: [UInt8]) -> [UInt8]? {
        if isCopied { return bytes.count > 2 && (bytes[0] > 0 || bytes[1] > 0) ? bytes : nil }
        let subtitle = SubtitleText(bytes, codec: stream.parameters.codecID)
        guard subtitle.text.contains(where: { !$0.isWhitespace }) else { return nil }
        if subtitle.isStyled { styledCount += 1 }
        return output.encoded(subtitle.text)
    }

    private func writeWaiting(until end: Double, to muxer: Muxer) throws(MediaError) {
        guard let (cue, start) = waiting else { return }
        waiting = nil
        try output.write(cue, from: start, to: min(end, start + Self.longestStand), muxer: muxer)
    }
}
