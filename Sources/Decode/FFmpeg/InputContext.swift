import CFFmpeg
import Media

/// The sole owner of an open input: its `AVFormatContext`, its `AVIOContext` and its `Interrupt`.
struct InputContext: ~Copyable {
    /// Never nil; lent for the duration of a call.
    let pointer: UnsafeMutablePointer<AVFormatContext>
    /// Nil if the demuxer makes its own connections.
    private let io: UnsafeMutablePointer<AVIOContext>?
    /// FFmpeg's callback points to it, so it must exist as long as the context.
    let interrupt: Interrupt
    /// The path, or the redacted address.
    let name: String
    /// Makes later connections; the context points to it.
    private let connector: SecureConnector?
    /// The relay through which the connection passes.
    private let relay: TLSRelay?
    /// The stream from which the demuxer reads, if FFmpeg does not open it.
    private let snapshots: SnapshotStream?

    init(
        pointer: UnsafeMutablePointer<AVFormatContext>, io: UnsafeMutablePointer<AVIOContext>?, interrupt: Interrupt,
        connector: SecureConnector?, request: InputRequest, snapshots: SnapshotStream? = nil
    ) {
        self.pointer = pointer
        self.io = io
        self.interrupt = interrupt
        self.connector = connector
        name = request.name
        relay = request.relay
        self.snapshots = snapshots
    }

    deinit {
        interrupt.beginClosing()
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)
        var io = io
        avio_closep(&io)
        relay?.close()
    }

    /// The result of reading a packet.
    enum ReadResult {
        case packet
        case end
        /// Cancelled, or past the interrupt's deadline.
        case interrupted
        case failed(Int32)
    }

    /// Reads the next packet into `packet`, which must be empty.
    func read(into packet: borrowing PacketBuffer) -> ReadResult {
        let status = av_read_frame(pointer, packet.pointer)
        if status >= 0 { return .packet }
        if interrupt.shouldStop { return .interrupted }
        return status == saliency_averror_eof ? .end : .failed(status)
    }

    /// - Throws: `MediaError.refused` for a stream whose frames are too large.
    func requireBounded(
        _ parameters: AVCodecParameters, stream: Int, _ options: InputOptions
    ) throws(MediaError) {
        let (width, height) = (Int(parameters.width), Int(parameters.height))
        guard width * height <= options.maximumPixels else {
            throw MediaError(
                .refused, "has frames of \(width)x\(height), more than the \(options.maximumPixels) pixels allowed",
                file: name, stream: stream)
        }
    }
}

extension InputContext {
    /// FFmpeg's name of the container.
    var container: String { pointer.pointee.iformat.map { String(cString: $0.pointee.name) } ?? "unknown" }

    /// Whether further streams may appear while packets are read: the container has no header that lists all streams
    /// or, as transport streams do, repeats it.
    var mayGainStreams: Bool { pointer.pointee.ctx_flags & AVFMTCTX_NOHEADER != 0 || container == "mpegts" }

    var streamCount: Int { Int(pointer.pointee.nb_streams) }

    /// Borrowed; nil for an index that is out of range.
    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, index < streamCount else { return nil }
        return pointer.pointee.streams[index]
    }
}
