import CFFmpeg
import Media

/// The subtitle track with the network's answers.
final class LabelTrack {
    private let output: any TextStream
    /// The end of the last label, in seconds.
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
    ///   - start: seconds since the output's beginning; if it is before the last label's end, that end is used.
    ///   - stop: seconds since the output's beginning.
    func write(_ text: String, from start: Double, to stop: Double, muxer: Muxer) throws(MediaError) {
        let first = max(start, end)
        guard stop > first else { return }
        end = stop
        // A cue is one paragraph; an empty line would end it.
        let lines = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        try output.write(output.encoded(lines), from: first, to: stop, muxer: muxer)
    }

    /// - Parameter stop: the end of the frames, in seconds since the output's beginning.
    func finish(at stop: Double, muxer: Muxer) throws(MediaError) {
        try output.finish(at: stop, muxer: muxer)
    }
}
