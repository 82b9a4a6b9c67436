import CFFmpeg
import Files
import Media

/// The one owner of an output `AVFormatContext`. What it writes to is its subclasses' matter.
class Muxer {
    /// Never nil; the subclasses give it something to write to.
    let context: UnsafeMutablePointer<AVFormatContext>
    /// What errors name.
    let name: String
    /// What the output's streams should say of themselves.
    final var carried: [CarriedStream] = []
    /// Whether an MP4 is written in fragments.
    final var isFragmented = true

    /// - Parameters:
    ///   - format: FFmpeg's name of the muxer.
    ///   - url: for muxers that open their outputs themselves, or read back what they wrote.
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
        // The same input gives the same bytes: no random identifiers, no dates.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
    }

    deinit {
        avformat_free_context(context)
    }

    /// What is wrong with the output itself, if it can take no more: a full disk, a lost connection.
    var outputFailure: MediaError? { nil }

    /// From one packet of a stream to the next, in ticks.
    var longestStep: Int64 { .max }

    final var needsGlobalHeader: Bool { context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// A new stream, the muxer's own.
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

    /// Takes the packet's reference and writes it when its turn has come among the streams.
    func write(_ packet: borrowing PacketBuffer) throws(MediaError) {
        try check(av_interleaved_write_frame(context, packet.pointer))
    }

    func writeTrailer() throws(MediaError) {
        try check(av_write_trailer(context))
    }

    /// Throws the output's own error first: it says more than FFmpeg's.
    final func check(_ status: Int32) throws(MediaError) {
        if let outputFailure { throw outputFailure }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "cannot be written", underlyingCode: status, file: name)
        }
    }
}
