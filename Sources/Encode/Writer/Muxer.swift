import CFFmpeg
import Files
import Media

/// The sole owner of an output `AVFormatContext`. Subclasses provide the destination.
class Muxer {
    /// Never nil; subclasses set its destination.
    let context: UnsafeMutablePointer<AVFormatContext>
    /// The output's name in errors.
    let name: String
    /// The labels that the output's streams should have.
    final var carried: [CarriedStream] = []
    /// Whether MP4 is written in fragments.
    final var isFragmented = true

    /// - Parameters:
    ///   - format: FFmpeg's name of the muxer.
    ///   - url: for muxers that open their outputs themselves, or read them back.
    init(format: String, url: String? = nil, name: String) throws(MediaError) {
        self.name = name
        var context: UnsafeMutablePointer<AVFormatContext>?
        if let url {
            avformat_alloc_output_context2(&context, nil, format, url.fileBytes)
        } else {
            avformat_alloc_output_context2(&context, nil, format, nil)
        }
        guard let context else {
            throw MediaError(.cannotWrite, "this build of FFmpeg cannot write \(format)", file: name)
        }
        self.context = context
        // No random identifiers and no dates, so that the same input results in the same bytes.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
    }

    deinit {
        avformat_free_context(context)
    }

    /// The error of the destination if it cannot accept more data: a full disk, a lost connection.
    var outputFailure: MediaError? { nil }

    /// The maximum step from one packet of a stream to the next, in ticks.
    var longestStep: Int64 { .max }

    final var needsGlobalHeader: Bool { context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// Adds a stream, which the muxer owns.
    final func addStream() throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(context, nil) else {
            throw MediaError(.cannotWrite, "no memory for a stream", file: name)
        }
        return stream
    }

    final func setMetadata(_ key: String, _ value: String) {
        av_dict_set(&context.pointee.metadata, key, value, 0)
    }

    func writeHeader(options: [(String, String)]) throws(MediaError) {
        var dictionary: OpaquePointer?
        for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
        defer { av_dict_free(&dictionary) }
        try check(avformat_write_header(context, &dictionary))
    }

    /// Takes the packet's reference and writes it in the interleaved order of all streams.
    func write(_ packet: borrowing PacketBuffer) throws(MediaError) {
        try check(av_interleaved_write_frame(context, packet.pointer))
    }

    func writeTrailer() throws(MediaError) {
        try check(av_write_trailer(context))
    }

    /// Throws the destination's own error if there is one, because it is more precise than FFmpeg's.
    final func check(_ status: Int32) throws(MediaError) {
        if let outputFailure { throw outputFailure }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "cannot be written", underlyingCode: status, file: name)
        }
    }
}
