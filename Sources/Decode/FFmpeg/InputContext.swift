import CFFmpeg
import Media

/// The one owner of an open input: `AVFormatContext`, the bytes below it, and what may interrupt them.
struct InputContext: ~Copyable {
    /// Never nil; borrowed for the length of a call.
    let pointer: UnsafeMutablePointer<AVFormatContext>
    /// Nil where the demuxer opens its connections itself.
    private let io: UnsafeMutablePointer<AVIOContext>?
    /// FFmpeg's callback points to it, so it lives exactly as long as the context.
    let interrupt: Interrupt
    /// The path, or the address as people may see it.
    let name: String
    /// What later connections are made with; the context points to it.
    private let connector: SecureConnector?
    /// What the connection passes by.
    private let relay: TLSRelay?
    /// What the demuxer reads from, if these are no bytes of FFmpeg's own.
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

    /// What reading a packet came to.
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

    /// Whether packets may announce further streams: the container has no header that lists them all, or, as transport
    /// streams do, lists them again.
    var mayGainStreams: Bool { pointer.pointee.ctx_flags & AVFMTCTX_NOHEADER != 0 || container == "mpegts" }

    var streamCount: Int { Int(pointer.pointee.nb_streams) }

    /// Borrowed; nil for an index that is out of range.
    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, index < streamCount else { return nil }
        return pointer.pointee.streams[index]
    }
}
