import CFFmpeg
import Decode
import Glibc

/// The one owner of an output `AVFormatContext` and of the staged file that it writes.
final class Muxer {
    let file: StagedFile
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let output: UnsafeMutablePointer<AVIOContext>

    init(container: OutputContainer, file: StagedFile) throws(MediaError) {
        self.file = file
        var context: UnsafeMutablePointer<AVFormatContext>?
        avformat_alloc_output_context2(&context, nil, container.formatName, nil)
        guard let context else {
            throw MediaError(
                .cannotWrite, "this build of FFmpeg cannot write \(container.rawValue)", file: file.destination)
        }
        let size: Int32 = 1 << 16
        // The staged file outlives the context: both are this object's.
        guard let buffer = av_malloc(Int(size)),
            let output = avio_alloc_context(
                buffer.assumingMemoryBound(to: UInt8.self), size, 1, Unmanaged.passUnretained(file).toOpaque(), nil,
                writeToFile, seekInFile)
        else {
            avformat_free_context(context)
            throw MediaError(.cannotWrite, "no memory for an output", file: file.destination)
        }
        self.context = context
        self.output = output
        context.pointee.pb = output
        // The same input gives the same bytes: no random identifiers, no dates.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
    }

    deinit {
        avformat_free_context(context)
        av_free(output.pointee.buffer)
        var output: UnsafeMutablePointer<AVIOContext>? = output
        avio_context_free(&output)
    }

    var needsGlobalHeader: Bool { context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// A new stream, the muxer's own.
    func addStream() throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(context, nil) else {
            throw MediaError(.cannotWrite, "no memory for a stream", file: file.destination)
        }
        return stream
    }

    func setMetadata(_ key: String, _ value: String) {
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
        avio_flush(output)
        try check(output.pointee.error)
    }

    /// Throws the file's own error first: it says more than FFmpeg's.
    private func check(_ status: Int32) throws(MediaError) {
        if file.writeError != 0 { throw file.failure() }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "cannot be written", underlyingCode: status, file: file.destination)
        }
    }
}

private func writeToFile(_ opaque: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32)
    -> Int32
{
    guard let opaque, let bytes, count >= 0 else { return saliency_averror(EINVAL) }
    let file = Unmanaged<StagedFile>.fromOpaque(opaque).takeUnretainedValue()
    let status = file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return status == 0 ? count : saliency_averror(status)
}

private func seekInFile(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    guard let opaque else { return -1 }
    let file = Unmanaged<StagedFile>.fromOpaque(opaque).takeUnretainedValue()
    if whence & AVSEEK_SIZE != 0 { return Int64(file.length) }
    let position = file.seek(Int(offset), whence & ~AVSEEK_FORCE)
    return position >= 0 ? Int64(position) : Int64(saliency_averror(errno))
}
