import CFFmpeg
import Files
import Glibc
import Media

/// A muxer that sends to an address, or writes the files of an HLS folder.
final class StreamMuxer: Muxer {
    /// Seconds that a receiver may take to answer, and to take a packet.
    private static let connectTimeout = 15.0
    private static let writeTimeout = 10.0

    /// Packets before this time, in seconds, are passed over: sound that comes before the pictures.
    var earliest = 0.0

    private let format: PublishFormat
    private let address: PublishAddress
    private let interrupt: Interrupt
    private var failure: MediaError?
    private var hasHeader = false

    init(_ address: PublishAddress, format: PublishFormat, interrupt: Interrupt) throws(MediaError) {
        self.format = format
        self.address = address
        self.interrupt = interrupt
        let url = try address.kind == .hls ? HLSFolder.prepare(address.url) : address.url
        try super.init(format: format.muxer, url: url, name: address.description)
        context.pointee.interrupt_callback = interrupt.callback
        context.pointee.flush_packets = 1
    }

    deinit {
        close()
    }

    override var outputFailure: MediaError? { failure }

    /// Connects, and says what will come.
    func open() throws(MediaError) {
        interrupt.setDeadline(in: Self.connectTimeout)
        if address.kind == .rtmp || address.kind == .packets {
            var callback = interrupt.callback
            var security: OpaquePointer?
            defer { av_dict_free(&security) }
            if case .verified(let authorities) = address.trust, address.kind == .rtmp {
                av_dict_set(&security, "tls_verify", "1", 0)
                if let authorities { av_dict_set(&security, "ca_file", authorities, 0) }
            }
            FFmpegLog.beginCollecting()
            let status = avio_open2(&context.pointee.pb, address.url, AVIO_FLAG_WRITE, &callback, &security)
            let lines = FFmpegLog.endCollecting()
            guard status >= 0 else {
                throw ConnectionCause(lines).error(file: name) ?? error("cannot be reached", status)
            }
        }
        interrupt.setDeadline(in: Self.connectTimeout)
        var options = format.options
        if address.kind == .hls, let url = context.pointee.url {
            options.append(("hls_segment_filename", HLSFolder.segmentPattern(of: String(cString: url))))
        }
        var dictionary: OpaquePointer?
        for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
        defer { av_dict_free(&dictionary) }
        let status = avformat_write_header(context, &dictionary)
        guard status >= 0 else { throw error("does not take the stream", status) }
        hasHeader = true
    }

    /// Sends the packet at once, in the order of the calls: a stream that is silent does not hold up the others.
    override func write(_ packet: borrowing PacketBuffer) throws(MediaError) {
        guard let stream = context.pointee.streams[Int(packet.pointer.pointee.stream_index)],
            Rational(stream.pointee.time_base).seconds(packet.pointer.pointee.dts) >= earliest
        else { return }
        interrupt.setDeadline(in: Self.writeTimeout)
        let status = av_write_frame(context, packet.pointer)
        guard status < 0 else { return }
        let error = error("does not take the stream any more", status)
        // What the format does not take is one packet's matter.
        if status != saliency_averror(EINVAL) { failure = error }
        throw error
    }

    /// Says goodbye and frees what is open. May be called more than once.
    func close() {
        interrupt.setDeadline(in: 1)
        if hasHeader {
            hasHeader = false
            av_write_trailer(context)
        }
        if address.kind == .rtmp || address.kind == .packets { avio_closep(&context.pointee.pb) }
    }

    private func error(_ reason: String, _ status: Int32) -> MediaError {
        if status == saliency_averror_unauthorized || status == saliency_averror_forbidden {
            return MediaError(
                .accessDenied, "\(reason): the user or the password is refused", underlyingCode: status, file: name)
        }
        guard status == saliency_averror_exit, interrupt.hasTimedOut else {
            return MediaError(.cannotWrite, reason, underlyingCode: status, file: name)
        }
        return MediaError(.cannotWrite, "\(reason): no answer in time", file: name)
    }
}
