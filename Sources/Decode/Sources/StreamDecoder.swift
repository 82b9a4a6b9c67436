import CFFmpeg

/// The packet loop: reads a file's packets, decodes those of one video stream and passes on those of sound and
/// subtitles.
///
/// A packet's bytes belong to this object from the read until the decoder has taken its own reference, or until they
/// leave as a `MediaPacket`; the one packet that reads go through is empty at every other time.
final class StreamDecoder {
    let input: InputContext
    let video: VideoStream
    let sideStreams: [SideStream]
    private(set) var tally = DamageTally()

    private let decoder: CodecContext
    private let options: InputOptions
    private let cancellation: Cancellation
    private let packet: PacketBuffer
    private let sideIndices: Set<Int>
    private var extent: SourceExtent
    private var state = State.reading
    /// Damaged packets and failed reads since the last good picture.
    private var damagedRun = 0
    /// Whether pictures may refer to something that was lost; a key frame ends it.
    private var isPropagatingDamage = false

    private enum State { case reading, draining, ended }

    /// What comes next in the file.
    enum Event: ~Copyable {
        case picture(DecodedPicture)
        case packet(MediaPacket)
        case end
    }

    /// Opens the file and the decoder of its best video stream.
    init(_ path: String, options: InputOptions, cancellation: Cancellation) throws(MediaError) {
        let input = try InputContext.open(file: path, options: options, cancellation: cancellation)
        let video = try input.bestVideoStream(options)
        let sideStreams = try input.selectStreams(video: video.index)
        do throws(MediaError) {
            decoder = try CodecContext.open(
                video.parameters.pointer, timeBase: video.timeBase, threads: video.decoderThreads(options),
                maximumPixels: options.maximumPixels)
        } catch {
            throw error.located(file: path, stream: video.index)
        }
        extent = SourceExtent(input, video: video)
        packet = try PacketBuffer()
        sideIndices = Set(sideStreams.map(\.index))
        self.input = input
        self.video = video
        self.sideStreams = sideStreams
        self.options = options
        self.cancellation = cancellation
    }

    func next() throws(MediaError) -> Event {
        while state != .ended {
            if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled", file: input.name) }
            let frame = try FrameBuffer()
            switch decoder.receive(into: frame) {
            case .picture:
                let isCorrupt = judge(frame)
                return .picture(DecodedPicture(frame: frame, isCorrupt: isCorrupt))
            case .needsPacket:
                if let side = try feed() { return .packet(side) }
            case .end:
                finish()
            case .failed(let code):
                try noteDamage(code)
            }
        }
        return .end
    }

    /// Reads one packet: a side stream's is returned, the video stream's goes to the decoder.
    private func feed() throws(MediaError) -> MediaPacket? {
        // A decoder that drains and still wants packets has nothing to give.
        guard state == .reading else {
            finish()
            return nil
        }
        switch try input.read(into: packet, timeout: options.readTimeout) {
        case .end:
            drain()
            return nil
        case .failed(let code):
            extent.isCutShort = true
            try noteDamage(code)
            return nil
        case .packet:
            break
        }
        defer { av_packet_unref(packet.pointer) }
        let index = Int(packet.pointer.pointee.stream_index)
        if index == video.index {
            extent.note(packet, timeBase: video.timeBase)
            try decode()
        } else if sideIndices.contains(index), let stream = input.stream(index) {
            extent.note(packet, timeBase: Rational(stream.pointee.time_base))
            let side = try PacketBuffer()
            av_packet_move_ref(side.pointer, packet.pointer)
            return MediaPacket(buffer: side, stream: index)
        }
        return nil
    }

    private func decode() throws(MediaError) {
        extent.isCutShort = packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
        if extent.isCutShort { try noteDamage(nil) }
        switch decoder.send(packet) {
        case .accepted: break
        // Only met if the decoder breaks its contract: it said that it needs a packet.
        case .full: try noteDamage(nil)
        case .failed(let code): try noteDamage(code)
        }
    }

    /// Whether part of a picture was invented: here, or in a picture it refers to.
    private func judge(_ frame: borrowing FrameBuffer) -> Bool {
        damagedRun = 0
        let f = frame.pointer.pointee
        let isDamaged = f.flags & AV_FRAME_FLAG_CORRUPT != 0 || f.decode_error_flags != 0
        if f.key_frame != 0 { isPropagatingDamage = false }
        if isDamaged { isPropagatingDamage = true }
        if isPropagatingDamage { tally.corruptFrames += 1 }
        return isPropagatingDamage
    }

    /// Counts a damaged packet; too many in a row end the source, so that none can keep us for ever.
    func noteDamage(_ code: Int32?) throws(MediaError) {
        if code == saliency_averror(ENOMEM) {
            throw MediaError(.damaged, "no memory to decode", underlyingCode: code, file: input.name)
        }
        tally.corruptPackets += 1
        isPropagatingDamage = true
        damagedRun += 1
        if damagedRun > options.maximumDamagedRun {
            extent.gaveUp = true
            if state == .reading { drain() } else { finish() }
            damagedRun = 0
        }
    }

    private func drain() {
        state = .draining
        if case .failed = decoder.sendEnd() { finish() }
    }

    private func finish() {
        state = .ended
        if StatedLength.isCutShort(input.name, container: input.container) { extent.isCutShort = true }
        tally.truncation = extent.verdict()
    }
}

/// A picture as it came out of the decoder.
struct DecodedPicture: ~Copyable {
    let frame: FrameBuffer
    /// Whether part of it was invented.
    let isCorrupt: Bool
}
