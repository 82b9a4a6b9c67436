import CFFmpeg
import Concurrency
import Media

/// The packet loop: reads an input's packets, decodes those of one video stream and returns those of sound and
/// subtitles.
///
/// This object owns a packet's bytes from the read until the decoder has its own reference, or until they are returned
/// as a `MediaPacket`; at all other times the packet used for reading is empty.
final class StreamDecoder {
    let input: InputContext
    let video: VideoStream
    let auxiliaryStreams: [AuxiliaryStream]
    private(set) var tally = DamageTally()
    /// The total time spent on reading so far, mostly waiting for data.
    private(set) var readTime = Duration.zero
    /// The number of intact frames that were not decoded because of `skips`.
    private(set) var skippedFrames: UInt64 = 0

    /// The frames that are not decoded, effective from the next packet that allows the change.
    var skips = SkippedFrames.none
    /// The error thrown when a read exceeds the interrupt's deadline.
    var timeout: MediaError

    private let decoder: CodecContext
    private let options: InputOptions
    private let policy: StreamPolicy
    private let cancellation: Cancellation
    private let packet: PacketBuffer
    private let auxiliaryIndices: Set<Int>
    private var extent: SourceExtent
    private var ahead: LookAhead
    private var state = State.reading
    /// Damaged packets and failed reads since the last good frame.
    private var damagedRun = 0
    /// Whether frames may refer to lost data; a key frame ends this state.
    private var isPropagatingDamage = false
    /// Whether the last read exceeded the deadline but still returned a result.
    private var isLate = false
    /// The value of `skips` that is set in the decoder.
    private var skipped = SkippedFrames.none

    private enum State { case reading, draining, ended }

    /// The next event of the input.
    enum Event: ~Copyable {
        case frame(DecodedFrame)
        case packet(MediaPacket)
        /// An intact packet of the video stream whose frame is skipped because of `skips`.
        case skipped
        case end
    }

    /// Opens the decoder of the input's best video stream.
    init(_ input: consuming InputContext, options: InputOptions, policy: StreamPolicy) throws(MediaError) {
        var ahead = LookAhead()
        if policy.awaitsVideo, input.mayGainStreams { try ahead.findVideo(in: input, policy: policy) }
        let candidates = input.videoStreams
        // Only the packets distinguish a film from a still image of the same duration.
        let moving =
            candidates.count > 1 && options.videoStream == nil
            ? try ahead.findMoving(among: candidates, in: input) { policy.beginRead(input.interrupt) } : []
        let video = try input.bestVideoStream(options, moving: moving)
        let auxiliaryStreams = try input.selectStreams(video: video.index)
        do throws(MediaError) {
            decoder = try CodecContext.open(
                video.parameters.pointer, decoder: video.alphaDecoder, timeBase: video.timeBase,
                threads: video.decoderThreads(options), maximumPixels: options.maximumPixels)
        } catch {
            throw error.located(file: input.name, stream: video.index)
        }
        extent = SourceExtent(input, video: video)
        packet = try PacketBuffer()
        auxiliaryIndices = Set(auxiliaryStreams.map(\.index))
        timeout = MediaError(.cannotOpen, "reading took too long", file: input.name)
        cancellation = input.interrupt.cancellation
        self.ahead = ahead
        self.input = input
        self.video = video
        self.auxiliaryStreams = auxiliaryStreams
        self.options = options
        self.policy = policy
    }

    func next() throws(MediaError) -> Event {
        while state != .ended {
            if cancellation.isCancelled { throw interruption }
            let frame = try FrameBuffer()
            switch decoder.receive(into: frame) {
            case .frame:
                let isCorrupt = updateDamage(frame)
                return .frame(DecodedFrame(frame: frame, isCorrupt: isCorrupt))
            case .needsPacket:
                switch try feed() {
                case .nothing: break
                case .auxiliary(let packet): return .packet(packet)
                case .skipped: return .skipped
                }
            case .end:
                finish()
            case .failed(let code):
                try recordDamage(code)
            }
        }
        return .end
    }

    private enum FeedResult {
        case nothing
        case auxiliary(MediaPacket)
        case skipped
    }

    /// Reads one packet: one of an auxiliary stream is returned, one of the video stream is sent to the decoder.
    private func feed() throws(MediaError) -> FeedResult {
        // A draining decoder that needs packets has no more frames.
        guard state == .reading else {
            finish()
            return .nothing
        }
        policy.beginRead(input.interrupt)
        // FFmpeg checks the interrupt only while it waits, and continuous data never makes it wait.
        if case .reader = policy.deadline, isLate || input.interrupt.hasTimedOut { throw interruption }
        let begun = ContinuousClock.now
        let result = ahead.read(input, into: packet)
        readTime += .now - begun
        // After an interrupted read some demuxers return buffered packets, and the next read would wait as long again.
        isLate = input.interrupt.hasTimedOut
        switch result {
        case .interrupted: throw interruption
        case .end:
            drain()
            return .nothing
        case .failed(let code):
            extent.isCutShort = true
            let failed = ContinuousClock.now
            let isDamage = try policy.isDamage(code, name: input.name, timeout: timeout)
            // `isDamage` waits if a device has no frame yet.
            readTime += .now - failed
            if isDamage { try recordDamage(code) }
            return .nothing
        case .packet:
            break
        }
        defer { av_packet_unref(packet.pointer) }
        let index = Int(packet.pointer.pointee.stream_index)
        if index == video.index {
            extent.record(packet, timeBase: video.timeBase)
            if try decode() { return .nothing }
            skippedFrames += 1
            return .skipped
        }
        guard auxiliaryIndices.contains(index), let stream = input.stream(index) else { return .nothing }
        extent.record(packet, timeBase: Rational(stream.pointee.time_base))
        let buffer = try PacketBuffer()
        av_packet_move_ref(buffer.pointer, packet.pointer)
        return .auxiliary(MediaPacket(buffer: buffer, stream: index))
    }

    /// - Returns: false if the packet is intact, but the decoder skips it until the next key frame.
    private func decode() throws(MediaError) -> Bool {
        let isKey = packet.pointer.pointee.flags & AV_PKT_FLAG_KEY != 0
        // Skipped frames are missing as references until the next key frame.
        if skips != skipped, isKey || skipped != .betweenKeys {
            skipped = skips
            decoder.skip(skipped.discard)
        }
        extent.isCutShort = packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
        if extent.isCutShort { try recordDamage(nil) }
        switch decoder.send(packet) {
        case .accepted: return skipped != .betweenKeys || isKey || extent.isCutShort
        // Occurs only if the decoder violates its contract: it reported that it needs a packet.
        case .full: try recordDamage(nil)
        case .failed(let code): try recordDamage(code)
        }
        return true
    }

    private var interruption: MediaError {
        cancellation.isCancelled ? MediaError(.cancelled, "reading was cancelled", file: input.name) : timeout
    }

    /// Determines whether part of the frame was concealed, in this frame or in one that it refers to.
    private func updateDamage(_ frame: borrowing FrameBuffer) -> Bool {
        damagedRun = 0
        let f = frame.pointer.pointee
        let isDamaged = f.flags & AV_FRAME_FLAG_CORRUPT != 0 || f.decode_error_flags != 0
        if saliency_frame_is_key(frame.pointer) { isPropagatingDamage = false }
        if isDamaged { isPropagatingDamage = true }
        if isPropagatingDamage { tally.corruptFrames += 1 }
        return isPropagatingDamage
    }

    /// Counts a damaged packet. Too many in a row end a file, and cause an error for a live stream, so that reading
    /// always terminates.
    func recordDamage(_ code: Int32?) throws(MediaError) {
        if code == saliency_averror(ENOMEM) {
            throw MediaError(.damaged, "no memory to decode", underlyingCode: code, file: input.name)
        }
        tally.corruptPackets += 1
        isPropagatingDamage = true
        damagedRun += 1
        if damagedRun > options.maximumDamagedRun {
            guard policy.endsWithDamage else {
                throw MediaError(.damaged, "brings nothing but damage", underlyingCode: code, file: input.name)
            }
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
        guard policy.endsWithDamage else { return }
        if TruncationCheck.isCutShort(input.name, container: input.container) { extent.isCutShort = true }
        tally.truncation = extent.verdict()
    }
}

/// A frame as returned by the decoder.
struct DecodedFrame: ~Copyable {
    let frame: FrameBuffer
    /// Whether parts of it were concealed.
    let isCorrupt: Bool
}
