import CFFmpeg
import Glibc

/// The one owner of an open input: `AVFormatContext`, the file below it, and what may interrupt them.
struct InputContext: ~Copyable {
    /// Never nil; borrowed for the length of a call.
    let pointer: UnsafeMutablePointer<AVFormatContext>
    private let io: UnsafeMutablePointer<AVIOContext>?
    /// FFmpeg's callback points to it, so it lives exactly as long as the context.
    let interrupt: Interrupt
    let name: String

    private init(
        pointer: UnsafeMutablePointer<AVFormatContext>, io: UnsafeMutablePointer<AVIOContext>?, interrupt: Interrupt,
        name: String
    ) {
        self.pointer = pointer
        self.io = io
        self.interrupt = interrupt
        self.name = name
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)
        var io = io
        avio_closep(&io)
    }

    /// Opens a regular file, recognises its container and looks for its streams.
    ///
    /// - Throws: `MediaError` with `.cannotOpen`, `.refused`, `.notMedia` or `.cancelled`.
    static func open(
        file path: String, options: InputOptions, cancellation: Cancellation
    ) throws(MediaError) -> InputContext {
        FFmpegLog.silence()
        try requireRegularFile(path)
        let interrupt = Interrupt(cancellation)
        interrupt.setDeadline(in: options.openTimeout)

        // "file:" keeps a name with a colon in it from being read as a protocol.
        let url = "file:" + path
        let opened = try openBytes(url, name: path, options: options, interrupt: interrupt)
        let input = try demuxer(on: opened, url: url, name: path, options: options, interrupt: interrupt)
        try input.findStreams(options)
        return input
    }

    /// What reading a packet came to.
    enum ReadResult {
        case packet
        case end
        case failed(Int32)
    }

    /// Reads the next packet of the file into `packet`, which must be empty.
    func read(into packet: borrowing PacketBuffer, timeout: Double?) throws(MediaError) -> ReadResult {
        interrupt.setDeadline(in: timeout)
        let status = av_read_frame(pointer, packet.pointer)
        if status >= 0 { return .packet }
        if let stop = Self.stopError(interrupt, name: name, doing: "reading") { throw stop }
        if status == saliency_averror_eof { return .end }
        return .failed(status)
    }

    // MARK: Opening

    private static func requireRegularFile(_ path: String) throws(MediaError) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw MediaError(.cannotOpen, "cannot be opened: \(String(cString: strerror(errno)))", file: path)
        }
        // A FIFO or device would block in open(2), where nothing can interrupt it.
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw MediaError(.refused, "is not a regular file", file: path)
        }
        guard info.st_size > 0 else { throw MediaError(.notMedia, "the file is empty", file: path) }
    }

    private static func openBytes(
        _ url: String, name: String, options: InputOptions, interrupt: Interrupt
    ) throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
        var io: UnsafeMutablePointer<AVIOContext>?
        var callback = interrupt.callback
        var settings = OptionDictionary(["protocol_whitelist": options.protocols.joined(separator: ",")])
        let status = avio_open2(&io, url, AVIO_FLAG_READ, &callback, &settings.pointer)
        guard status >= 0, let io else {
            if let stop = stopError(interrupt, name: name, doing: "opening") { throw stop }
            throw MediaError(.cannotOpen, "cannot be opened", underlyingCode: status, file: name)
        }
        return io
    }

    /// Takes `io` over, whatever happens.
    private static func demuxer(
        on io: UnsafeMutablePointer<AVIOContext>, url: String, name: String, options: InputOptions, interrupt: Interrupt
    ) throws(MediaError) -> InputContext {
        var io: UnsafeMutablePointer<AVIOContext>? = io
        do throws(MediaError) {
            let format = try recognise(io, url: url, name: name, options: options, interrupt: interrupt)
            guard let allocated = avformat_alloc_context() else {
                throw MediaError(.damaged, "no memory for an input", file: name)
            }
            allocated.pointee.pb = io
            allocated.pointee.interrupt_callback = interrupt.callback
            allocated.pointee.max_streams = Int32(clamping: options.maximumStreams)
            var settings = OptionDictionary([
                "protocol_whitelist": options.protocols.joined(separator: ","),
                "probesize": String(options.probeBytes),
                "analyzeduration": String(Int64(options.probeDuration * 1e6)),
            ])
            var context: UnsafeMutablePointer<AVFormatContext>? = allocated
            // On failure FFmpeg frees the context, but not the bytes below it.
            let status = avformat_open_input(&context, url, format, &settings.pointer)
            guard status >= 0, let context else {
                if let stop = stopError(interrupt, name: name, doing: "opening") { throw stop }
                throw MediaError(.notMedia, "is damaged or no media file", underlyingCode: status, file: name)
            }
            return InputContext(pointer: context, io: io, interrupt: interrupt, name: name)
        } catch {
            avio_closep(&io)
            throw error
        }
    }

    private static func recognise(
        _ io: UnsafeMutablePointer<AVIOContext>?, url: String, name: String, options: InputOptions, interrupt: Interrupt
    ) throws(MediaError) -> UnsafePointer<AVInputFormat> {
        var format: UnsafePointer<AVInputFormat>?
        let status = av_probe_input_buffer2(io, &format, url, nil, 0, UInt32(clamping: options.probeBytes))
        guard status >= 0, let format else {
            if let stop = stopError(interrupt, name: name, doing: "opening") { throw stop }
            throw MediaError(.notMedia, "is no media file that is known here", file: name)
        }
        let container = String(cString: format.pointee.name)
        if options.containers.contains(container) { return format }
        let refers = container.split(separator: ",").contains { InputOptions.referringContainers.contains(String($0)) }
        // FFmpeg calls single pictures "image2", "png_pipe" and so on.
        if container == "image2" || container.hasSuffix("_pipe") {
            throw MediaError(
                refers ? .refused : .notMedia,
                "is a single picture, not a video; a folder of numbered pictures can be read", file: name)
        }
        throw refers
            ? MediaError(.refused, "refers to other files (\(container)); such files are refused", file: name)
            : MediaError(.notMedia, "is no video (\(container))", file: name)
    }

    private func findStreams(_ options: InputOptions) throws(MediaError) {
        let count = Int(pointer.pointee.nb_streams)
        for index in 0..<count {
            guard let parameters = stream(index)?.pointee.codecpar?.pointee else { continue }
            try requireBounded(parameters, stream: index, options)
        }
        // One dictionary a stream: probing decodes, and must stay within the same bounds as decoding proper.
        var settings = [OpaquePointer?](repeating: nil, count: max(count, 1))
        for index in 0..<count {
            av_dict_set(&settings[index], "max_pixels", String(options.maximumPixels), 0)
            av_dict_set(&settings[index], "threads", "1", 0)
        }
        let status = avformat_find_stream_info(pointer, &settings)
        for index in settings.indices { av_dict_free(&settings[index]) }
        guard status >= 0 else {
            if let stop = Self.stopError(interrupt, name: name, doing: "opening") { throw stop }
            throw MediaError(.notMedia, "holds no readable streams", underlyingCode: status, file: name)
        }
    }

    /// - Throws: `MediaError.refused` for a stream whose pictures are too large.
    func requireBounded(
        _ parameters: AVCodecParameters, stream: Int, _ options: InputOptions
    ) throws(MediaError) {
        let (width, height) = (Int(parameters.width), Int(parameters.height))
        guard width * height <= options.maximumPixels else {
            throw MediaError(
                .refused, "has pictures of \(width)x\(height), more than the \(options.maximumPixels) pixels allowed",
                file: name, stream: stream)
        }
    }

    private static func stopError(_ interrupt: Interrupt, name: String, doing: String) -> MediaError? {
        if interrupt.cancellation.isCancelled { return MediaError(.cancelled, "\(doing) was cancelled", file: name) }
        if interrupt.hasTimedOut { return MediaError(.cannotOpen, "\(doing) took too long", file: name) }
        return nil
    }
}

extension InputContext {
    /// FFmpeg's name of the container.
    var container: String { pointer.pointee.iformat.map { String(cString: $0.pointee.name) } ?? "unknown" }

    var streamCount: Int { Int(pointer.pointee.nb_streams) }

    /// Borrowed; nil for an index that is out of range.
    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, index < streamCount else { return nil }
        return pointer.pointee.streams[index]
    }
}
