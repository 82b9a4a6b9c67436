import CFFmpeg
import Media

/// The subtitle track that says what the network saw.
final class LabelTrack {
    private let output: any TextStream
    /// Where the last label ends, in seconds.
    private var end = 0.0

    /// - Parameter finestUnit: the largest denominator of all other tracks' time bases.
    init?(container: OutputContainer, finestUnit: Int32, muxer: Muxer) throws(MediaError) {
        guard let output = try container.textStream(muxer: muxer, finestUnit: finestUnit) else { return nil }
        self.output = output
        output.stream.pointee.disposition = AV_DISPOSITION_DEFAULT
        av_dict_set(&output.stream.pointee.metadata, "language", "eng", 0)
        av_dict_set(&output.stream.pointee.metadata, "title", "Labels", 0)
        av_dict_set(&output.stream.pointee.metadata, "handler_name", "Labels", 0)
    }

    /// Writes a label.
    ///
    /// - Parameters:
    ///   - start: seconds since the output's beginning; a label that begins before the last one's end begins there.
    ///   - stop: seconds since the output's beginning.
    func write(_ text: String, from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        let first = max(start, end)
        guard stop > first else { return }
        end = stop
        // One cue is one paragraph: an empty line would end it.
        let lines = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        try output.write(output.encoded(lines), from: first, to: stop, muxer: muxer)
    }

    /// - Parameter stop: the end of the frames, in seconds since the output's beginning.
    func finish(at stop: Double, muxer: Muxer) throws(MediaError) {
        try output.finish(at: stop, muxer: muxer)
    }
}
