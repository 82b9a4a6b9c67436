import CFFmpeg
import Concurrency
import Files
import Glibc
import Media

/// An input for FFmpeg to open, with its options and limits.
struct InputRequest {
    /// The URL for FFmpeg. It may contain a password, so it is passed only to FFmpeg's open call.
    var url: String
    /// Where the bytes are read, if not at `url`, whose name is still used to recognise the format.
    var place: String?
    /// The name in errors and of the source.
    var name: String
    /// The demuxer to use; nil to recognise it from the input's bytes.
    var format: String?
    /// FFmpeg protocols that may be opened, by the input itself and by anything it refers to.
    var protocols: [String]
    /// FFmpeg demuxers that may be used, by the input itself and by anything it refers to.
    var containers: [String]
    /// FFmpeg's options of the protocol, or of the demuxer where `format` names one. They may hold a passphrase.
    var settings: [String: String] = [:]
    /// FFmpeg's options for all TLS connections of the input, including later ones.
    var security: [String: String] = [:]
    /// The relay through which the connection passes, if any; it must exist as long as the input.
    var relay: TLSRelay?
    /// The seconds between two requests, for an address of single images that are requested repeatedly.
    var snapshotInterval: Double?
    /// Whether reads return instead of blocking, for devices, which cannot be interrupted.
    var isNonblocking = false
    var options: InputOptions
}

extension InputContext {
    /// Opens a regular file, recognises its container and finds its streams.
    ///
    /// - Parameter held: the file, if it is already open; then nothing is opened by its path.
    /// - Throws: `MediaError` with `.cannotOpen`, `.refused`, `.notMedia` or `.cancelled`.
    static func open(
        file path: String, held: HeldFile? = nil, options: InputOptions, cancellation: Cancellation
    ) throws(MediaError) -> InputContext {
        try requireRegularFile(held?.descriptorPath ?? path, name: path)
        let interrupt = Interrupt(cancellation)
        interrupt.setDeadline(in: options.openTimeout)
        // "file:" keeps a name with a colon in it from being read as a protocol.
        let request = InputRequest(
            url: "file:" + path, place: held.map { "file:" + $0.descriptorPath }, name: path,
            protocols: options.protocols, containers: options.containers, options: options)
        return try open(request, interrupt: interrupt)
    }

    /// Opens the requested input and finds its streams, within the interrupt's deadline.
    ///
    /// - Throws: `MediaError` with `.cannotOpen`, `.refused`, `.notMedia` or `.cancelled`.
    static func open(_ request: InputRequest, interrupt: Interrupt) throws(MediaError) -> InputContext {
        FFmpegLog.silence()
        let input =
            if let interval = request.snapshotInterval {
                try snapshots(request, interval: interval, interrupt: interrupt)
            } else if let name = request.format {
                try connected(request, format: name, interrupt: interrupt)
            } else {
                try demuxer(on: try openBytes(request, interrupt: interrupt), request, interrupt: interrupt)
            }
        try input.findStreams(request.options)
        return input
    }

    static func requireRegularFile(_ path: String, name: String) throws(MediaError) {
        var info = stat()
        guard stat(path.fileBytes, &info) == 0 else {
            throw MediaError(.cannotOpen, "cannot be opened: \(String(cString: strerror(errno)))", file: name)
        }
        // A FIFO or device would block in open(2), where nothing can interrupt it.
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw MediaError(.refused, "is not a regular file", file: name)
        }
        guard info.st_size > 0 else { throw MediaError(.notMedia, "the file is empty", file: name) }
    }

    private static func openBytes(
        _ request: InputRequest, interrupt: Interrupt
    ) throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
        var io: UnsafeMutablePointer<AVIOContext>?
        var callback = interrupt.callback
        var settings = OptionDictionary(request.settings.merging(request.security) { $1 })
        settings.set("protocol_whitelist", request.protocols)
        let status = avio_open2(
            &io, (request.place ?? request.url).fileBytes, AVIO_FLAG_READ, &callback, &settings.pointer)
        guard status >= 0, let io else {
            throw openingError(interrupt, request) ?? cannotOpen(request, status)
        }
        return io
    }

    /// Opens a demuxer that makes its own connections.
    private static func connected(
        _ request: InputRequest, format name: String, interrupt: Interrupt
    ) throws(MediaError) -> InputContext {
        guard let format = av_find_input_format(name) else {
            throw MediaError(.refused, "this build of FFmpeg does not know \(name)", file: request.name)
        }
        var settings = OptionDictionary(request.settings.merging(request.security) { $1 })
        return try demuxer(format, on: nil, request, &settings, interrupt: interrupt)
    }

    /// Opens single images as a stream.
    private static func snapshots(
        _ request: InputRequest, interval: Double, interrupt: Interrupt
    ) throws(MediaError) -> InputContext {
        let stream = try SnapshotStream(request, interval: .seconds(interval), interrupt: interrupt)
        guard let format = av_find_input_format("mpjpeg") else {
            throw MediaError(.refused, "this build of FFmpeg does not know mpjpeg", file: request.name)
        }
        // Frames have no time stamps: probing would wait for further frames, which would not reveal the rate.
        var settings = OptionDictionary(["fpsprobesize": "0"])
        return try demuxer(format, on: nil, request, &settings, interrupt: interrupt, snapshots: stream)
    }

    /// Takes ownership of `io`, also on failure.
    private static func demuxer(
        on io: UnsafeMutablePointer<AVIOContext>, _ request: InputRequest, interrupt: Interrupt
    ) throws(MediaError) -> InputContext {
        var io: UnsafeMutablePointer<AVIOContext>? = io
        do throws(MediaError) {
            let format = try recognise(io, request, interrupt: interrupt)
            var settings = OptionDictionary([:])
            return try demuxer(format, on: io, request, &settings, interrupt: interrupt)
        } catch {
            avio_closep(&io)
            throw error
        }
    }

    private static func demuxer(
        _ format: UnsafePointer<AVInputFormat>, on io: UnsafeMutablePointer<AVIOContext>?, _ request: InputRequest,
        _ settings: inout OptionDictionary, interrupt: Interrupt, snapshots: SnapshotStream? = nil
    ) throws(MediaError) -> InputContext {
        guard let allocated = avformat_alloc_context() else {
            throw MediaError(.damaged, "no memory for an input", file: request.name)
        }
        allocated.pointee.pb = io ?? snapshots?.io
        allocated.pointee.interrupt_callback = interrupt.callback
        allocated.pointee.max_streams = Int32(clamping: request.options.maximumStreams)
        let connector = request.security.isEmpty ? nil : SecureConnector(request.security, allocated)
        if request.isNonblocking { allocated.pointee.flags |= AVFMT_FLAG_NONBLOCK }
        settings.set("protocol_whitelist", request.protocols)
        settings.set("format_whitelist", request.containers + InputOptions.embeddedContainers)
        settings.set("probesize", String(request.options.probeBytes))
        settings.set("analyzeduration", String(Int64(request.options.probeDuration * 1e6)))
        var context: UnsafeMutablePointer<AVFormatContext>? = allocated
        // On failure FFmpeg frees the context, but not its AVIOContext.
        let status = avformat_open_input(&context, request.url.fileBytes, format, &settings.pointer)
        guard status >= 0, let context else {
            if let stop = openingError(interrupt, request) { throw stop }
            if io == nil && status != saliency_averror_invalid_data { throw cannotOpen(request, status) }
            throw MediaError(.notMedia, "is damaged or no media file", underlyingCode: status, file: request.name)
        }
        return InputContext(
            pointer: context, io: io, interrupt: interrupt, connector: connector, request: request,
            snapshots: snapshots)
    }

    private static func recognise(
        _ io: UnsafeMutablePointer<AVIOContext>?, _ request: InputRequest, interrupt: Interrupt
    ) throws(MediaError) -> UnsafePointer<AVInputFormat> {
        var format: UnsafePointer<AVInputFormat>?
        let status = av_probe_input_buffer2(
            io, &format, request.url.fileBytes, nil, 0, UInt32(clamping: request.options.probeBytes))
        // FFmpeg 7.1 recognises a playlist only by its name or media type, 5.1 by its content.
        if isPlaylist(io), !request.containers.contains("hls") { throw refersToOthers("hls", request) }
        guard status >= 0, let format else {
            if let stop = openingError(interrupt, request) { throw stop }
            throw MediaError(.notMedia, "is not a media file that is known here", file: request.name)
        }
        let container = String(cString: format.pointee.name)
        if request.containers.contains(container) { return format }
        let refers = container.split(separator: ",").contains { InputOptions.referringContainers.contains(String($0)) }
        // FFmpeg calls single images "image2", "png_pipe" and so on.
        if container == "image2" || container.hasSuffix("_pipe") {
            throw MediaError(
                refers ? .refused : .notMedia,
                "is a single image, not a video; a folder of images can be read", file: request.name)
        }
        throw refers
            ? refersToOthers(container, request)
            : MediaError(.notMedia, "is not a video (\(container))", file: request.name)
    }

    /// Whether the bytes that were read to recognise the container, which FFmpeg keeps for the demuxer, begin a
    /// playlist.
    private static func isPlaylist(_ io: UnsafeMutablePointer<AVIOContext>?) -> Bool {
        guard let io = io?.pointee, let start = io.buf_ptr, let end = io.buf_end, start <= end else { return false }
        return UnsafeBufferPointer(start: start, count: end - start).starts(with: "#EXTM3U".utf8)
    }

    private static func refersToOthers(_ container: String, _ request: InputRequest) -> MediaError {
        MediaError(.refused, "refers to other files (\(container)); such files are refused", file: request.name)
    }

    private func findStreams(_ options: InputOptions) throws(MediaError) {
        let count = streamCount
        for index in 0..<count {
            guard let parameters = stream(index)?.pointee.codecpar?.pointee else { continue }
            try requireBounded(parameters, stream: index, options)
        }
        // One dictionary per stream: probing decodes frames and must respect the same limits as decoding.
        var settings = [OpaquePointer?](repeating: nil, count: max(count, 1))
        for index in 0..<count {
            av_dict_set(&settings[index], "max_pixels", String(options.maximumPixels), 0)
            av_dict_set(&settings[index], "threads", "1", 0)
        }
        let status = avformat_find_stream_info(pointer, &settings)
        for index in settings.indices { av_dict_free(&settings[index]) }
        guard status >= 0 else {
            throw Self.openingError(interrupt, name: name)
                ?? MediaError(.notMedia, "holds no readable streams", underlyingCode: status, file: name)
        }
    }

    private static func cannotOpen(_ request: InputRequest, _ status: Int32) -> MediaError {
        MediaError(.cannotOpen, "cannot be opened", underlyingCode: status, file: request.name)
    }

    private static func openingError(_ interrupt: Interrupt, _ request: InputRequest) -> MediaError? {
        openingError(interrupt, name: request.name)
    }

    private static func openingError(_ interrupt: Interrupt, name: String) -> MediaError? {
        if interrupt.cancellation.isCancelled { return MediaError(.cancelled, "opening was cancelled", file: name) }
        if interrupt.hasTimedOut { return MediaError(.cannotOpen, "opening took too long", file: name) }
        return nil
    }
}
