import CFFmpeg
import Glibc
import Media

/// A muxer that writes a staged file.
final class FileMuxer: Muxer {
    let file: StagedFile
    private let output: UnsafeMutablePointer<AVIOContext>

    init(container: OutputContainer, file: StagedFile) throws(MediaError) {
        let size: Int32 = 1 << 16
        // The staged file outlives the context, because this object owns both.
        guard let buffer = av_malloc(Int(size)),
            let output = saliency_avio_output(
                buffer.assumingMemoryBound(to: UInt8.self), size, Unmanaged.passUnretained(file).toOpaque(),
                writeToFile, seekInFile)
        else {
            throw MediaError(.cannotWrite, "no memory for an output", file: file.destination)
        }
        self.file = file
        self.output = output
        do {
            // FFmpeg reopens the file by this URL to move an MP4 file's index to the front.
            try super.init(
                format: container.formatName, url: "file:" + file.stagedPath, name: file.destination)
        } catch {
            Self.free(output)
            throw error
        }
        context.pointee.pb = output
    }

    deinit {
        Self.free(output)
    }

    override var outputFailure: MediaError? { file.writeError == 0 ? nil : file.failure() }

    /// MP4 stores the step from one packet to the next in 31 bits. FFmpeg's muxer (5.1 to 7.1) shifts the packets after
    /// a longer step, and if it writes fragments, a longer step between texts aborts the process (docs/ffmpeg.md).
    override var longestStep: Int64 { Int64(Int32.max) / 2 }

    override func writeTrailer() throws(MediaError) {
        try super.writeTrailer()
        avio_flush(output)
        try check(output.pointee.error)
    }

    /// Writes the packets buffered by an MP4 muxer, without waiting for streams that have no packets yet.
    func flush() throws(MediaError) {
        // Without this flag the muxer would place the first packet of such a stream at the file's beginning.
        av_opt_set(context.pointee.priv_data, "movflags", "+frag_discont", 0)
        try check(av_write_frame(context, nil))
    }

    private static func free(_ output: UnsafeMutablePointer<AVIOContext>) {
        av_free(output.pointee.buffer)
        var output: UnsafeMutablePointer<AVIOContext>? = output
        avio_context_free(&output)
    }
}

private func writeToFile(_ opaque: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int32)
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
