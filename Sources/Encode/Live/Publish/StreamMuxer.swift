import CFFmpeg
import Files
import Glibc
import Media

/// A muxer that sends to an address, or writes the files of an HLS folder.
final class StreamMuxer: Muxer {
    /// Time limits in seconds for connecting to a receiver, for sending a packet, and for ending the session.
    private static let connectTimeout = 15.0
    private static let writeTimeout = 10.0
    private static let closeTimeout = 1.0

    /// Packets before this time, in seconds, are dropped: sound before the first frame.
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

    /// Connects and sends the header.
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

    /// Sends the packet immediately, in the order of calls, so that a stream without packets does not delay the others.
    override func write(_ packet: borrowing PacketBuffer) throws(MediaError) {
        guard let stream = context.pointee.streams[Int(packet.pointer.pointee.stream_index)],
            Rational(stream.pointee.time_base).seconds(packet.pointer.pointee.dts) >= earliest
        else { return }
        interrupt.setDeadline(in: Self.writeTimeout)
        let status = av_write_frame(context, packet.pointer)
        guard status < 0 else { return }
        let error = error("does not take the stream any more", status)
        // A packet that the format rejects does not end the connection.
        if status != saliency_averror(EINVAL) { failure = error }
        throw error
    }

    /// Ends the session and releases the connection. May be called more than once.
    func close() {
        // A receiver may no longer answer; the last files of a folder are written however slow the disk is.
        interrupt.setDeadline(in: address.kind == .hls ? nil : Self.closeTimeout)
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

/// The files of an HLS folder: "live.m3u8" and "live-1764167000.ts", ….
enum HLSFolder {
    private static let playlist = "live.m3u8"

    /// Creates the folder if it is missing and removes the files of an earlier run, which would otherwise never be
    /// removed.
    ///
    /// - Returns: the playlist's absolute path, because FFmpeg interprets "a:b" as a protocol.
    /// - Throws: `MediaError.cannotWrite`.
    static func prepare(_ folder: String) throws(MediaError) -> String {
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            throw MediaError(.cannotWrite, "cannot be created", underlyingCode: saliency_averror(errno), file: folder)
        }
        guard let resolved = realpath(folder, nil) else {
            throw MediaError(.cannotWrite, "cannot be opened", underlyingCode: saliency_averror(errno), file: folder)
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        // It cannot be escaped in FFmpeg's pattern for the segments' names.
        guard !path.contains("%") else {
            throw MediaError(.refused, "the path of a folder for HLS cannot have a percent sign in it", file: path)
        }
        let files = try OpenFolder(path)
        for name in files.names() where isSegment(name) && files.size(of: name) != nil { _ = files.remove(name) }
        return "\(path)/\(playlist)"
    }

    /// FFmpeg's pattern for the segments beside a playlist.
    static func segmentPattern(of playlist: String) -> String {
        playlist.dropLast(Self.playlist.utf8.count) + "live-%d.ts"
    }

    /// "live-1764167000.ts", or the same with ".tmp" while it is being written.
    private static func isSegment(_ name: String) -> Bool {
        guard name.hasPrefix("live-") else { return false }
        let rest = name.dropFirst("live-".count)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && [".ts", ".ts.tmp"].contains(String(rest.dropFirst(digits.count)))
    }
}
