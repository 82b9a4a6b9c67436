import CFFmpeg
import Files
import Media

/// Verifies a written video by reading all its packets, before it is renamed to its destination.
enum OutputVerifier {
    /// - Returns: the metadata found in the file.
    /// - Parameters:
    ///   - path: the staged file.
    ///   - destination: the name in errors.
    ///   - frameCount: the frames that were written.
    ///   - span: seconds from the first frame to the last.
    ///   - tolerance: the seconds by which the container's unit of time may round it.
    ///   - progress: called after every frame.
    static func verify(
        _ path: String, as container: OutputContainer, destination: String, frameCount: Int, span: Double,
        tolerance: Double, progress: () -> Void = {}
    ) throws(MediaError) -> ReadExtras {
        func fail(_ reason: String, _ code: Int32? = nil) -> MediaError {
            MediaError(
                .cannotWrite, "does not read back as written: \(reason)", underlyingCode: code, file: destination)
        }
        var options: OpaquePointer?
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        defer { av_dict_free(&options) }
        var context: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_open_input(&context, ("file:" + path).fileBytes, nil, &options)
        guard status >= 0, let opened = context else { throw fail("it cannot be opened", status) }
        defer { avformat_close_input(&context) }
        // Transport streams reveal their streams only in their packets.
        if container == .ts { avformat_find_stream_info(opened, nil) }
        let streams = UnsafeBufferPointer(start: opened.pointee.streams, count: Int(opened.pointee.nb_streams))
        let video = streams.firstIndex {
            $0?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
                && ($0?.pointee.disposition ?? 0) & AV_DISPOSITION_ATTACHED_PIC == 0
        }
        guard let video, let stream = streams[video] else { throw fail("it has no video") }
        let timeBase = Rational(stream.pointee.time_base)
        let extras = ReadExtras(opened)
        let packet = try PacketBuffer()
        var count = 0
        var first: Int64?
        var last: Int64?
        while true {
            let status = av_read_frame(opened, packet.pointer)
            if status == saliency_averror_eof { break }
            guard status >= 0 else { throw fail("it cannot be read", status) }
            defer { av_packet_unref(packet.pointer) }
            // AVI fills gaps with empty packets.
            guard Int(packet.pointer.pointee.stream_index) == video, packet.pointer.pointee.size > 0 else { continue }
            count += 1
            progress()
            let (pts, dts) = (packet.pointer.pointee.pts, packet.pointer.pointee.dts)
            let stamp = pts != saliency_nopts ? pts : dts
            if first == nil { first = stamp }
            last = stamp
        }
        guard count == frameCount else { throw fail("\(count.counted("frame")) instead of \(frameCount)") }
        guard let first, let last else { return extras }
        let found = timeBase.seconds(last) - timeBase.seconds(first)
        guard abs(found - span) <= tolerance + timeBase.value else {
            throw fail("it spans \(found) s instead of \(span) s")
        }
        return extras
    }
}
