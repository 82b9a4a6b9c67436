import CFFmpeg
import Concurrency
import Media

/// The packet loop: reads an input's packets, decodes those of one video stream and passes on those of sound and
/// subtitles.
///
/// A packet's bytes belong to this object from the read until the decoder has taken its own reference, or until they
/// leave as a `MediaPacket`; the one packet that reads go through is empty at every other time.
final class StreamDecoder {
    let input: InputContext
    let video: VideoStream
    let auxiliaryStreams: [AuxiliaryStream]
    private(set) var tally = DamageTally()
    /// How long reading has taken so far, most of which is waiting for what comes.
    private(set) var readTime = Duration.zero
    /// Good frames that were not decoded because of `skips`, so far.
    private(set) var skippedFrames: UInt64 = 0

    /// Which frames are not decoded, from the next packet that allows the change.
    var skips = SkippedFrames.none
    /// What reading past the interrupt's deadline means.
    var timeout: MediaError

    private let decoder: CodecContext
    private let options: InputOptions
    private let policy: StreamPolicy
    private let cancellation: Cancellation
    private let packet: PacketBuffer
    private let sideIndices: Set<Int>
    private var extent: SourceExtent
    private var ahead: LookAhead
    private var state = State.reading
    /// Damaged packets and failed reads since the last good frame.
    private var damagedRun = 0
    /// Whether frames may refer to something that was lost; a key frame ends it.
    private var isPropagatingDamage = false
    /// Whether the last read went past the deadline and brought something all the same.
    private var isLate = false
    /// What the decoder was told of `skips`.
    private var skipped = SkippedFrames.none

    private enum State { case reading, draining, ended }

    /// What comes next in the input.
    enum Event: ~Copyable {
        case frame(DecodedFrame)
        case packet(MediaPacket)
        /// A good packet of the video stream, of which `skips` wants no frame.
        case skipped
        case end
    }

    /// Opens the decoder of the input's best video stream.
    init(_ input: consuming InputContext, options: InputOptions, policy: StreamPolicy) throws(MediaError) {
        var ahead = LookAhead()
        if policy.awaitsVideo, input.mayGainStreams { try ahead.findVideo(in: input, policy: policy) }
        let candidates = input.videoStreams
        // Only their packets tell a film from a frame that is shown as long.
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
        sideIndices = Set(auxiliaryStreams.map(\.index))
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
                let isCorrupt = judge(frame)
                return .frame(DecodedFrame(frame: frame, isCorrupt: isCorrupt))
            case .needsPacket:
                switch try feed() {
                case .nothing: break
                case .side(let packet): return .packet(packet)
                case .skipped: return .skipped
                }
            case .end:
                finish()
            case .failed(let code):
                try noteDamage(code)
            }
        }
        return .end
    }

    private enum Fed {
        case nothing
        case side(MediaPacket)
        case skipped
    }

    /// Reads one packet: a side stream's is returned, the video stream's goes to the decoder.
    private func feed() throws(MediaError) -> Fed {
        // A decoder that drains and still wants packets has nothing to give.
        guard state == .reading else {
            finish()
            return .nothing
        }
        policy.beginRead(input.interrupt)
        // FFmpeg asks the interrupt only where it waits; what comes without end never makes it wait.
        if case .reader = policy.deadline, isLate || input.interrupt.hasTimedOut { throw interruption }
        let begun = ContinuousClock.now
        let result = ahead.read(input, into: packet)
        readTime += .now - begun
        // Once given up, some demuxers hand out what they held back and would wait as long again.
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
            // A device that has no frame yet is waited for there.
            readTime += .now - failed
            if isDamage { try noteDamage(code) }
            return .nothing
        case .packet:
            break
        }
        defer { av_packet_unref(packet.pointer) }
        let index = Int(packet.pointer.pointee.stream_index)
        if index == video.index {
            extent.note(packet, timeBase: video.timeBase)
            if try decode() { return .nothing }
            skippedFrames += 1
            return .skipped
        }
        guard sideIndices.contains(index), let stream = input.stream(index) else { return .nothing }
        extent.note(packet, timeBase: Rational(stream.pointee.time_base))
        let side = try PacketBuffer()
        av_packet_move_ref(side.pointer, packet.pointer)
        return .side(MediaPacket(buffer: side, stream: index))
    }

    /// - Returns: false if the packet is good, and was only shown to a decoder that skips to the next key frame.
    private func decode() throws(MediaError) -> Bool {
        let isKey = packet.pointer.pointee.flags & AV_PKT_FLAG_KEY != 0
        // What was skipped is missing until the next key frame.
        if skips != skipped, isKey || skipped != .betweenKeys {
            skipped = skips
            decoder.skip(skipped.discard)
        }
        extent.isCutShort = packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
        if extent.isCutShort { try noteDamage(nil) }
        switch decoder.send(packet) {
        case .accepted: return skipped != .betweenKeys || isKey || extent.isCutShort
        // Only met if the decoder breaks its contract: it said that it needs a packet.
        case .full: try noteDamage(nil)
        case .failed(let code): try noteDamage(code)
        }
        return true
    }

    private var interruption: MediaError {
        cancellation.isCancelled ? MediaError(.cancelled, "reading was cancelled", file: input.name) : timeout
    }

    /// Whether part of a frame was invented: here, or in a frame it refers to.
    private func judge(_ frame: borrowing FrameBuffer) -> Bool {
        damagedRun = 0
        let f = frame.pointer.pointee
        let isDamaged = f.flags & AV_FRAME_FLAG_CORRUPT != 0 || f.decode_error_flags != 0
        if saliency_frame_is_key(frame.pointer) { isPropagatingDamage = false }
        if isDamaged { isPropagatingDamage = true }
        if isPropagatingDamage { tally.corruptFrames += 1 }
        return isPropagatingDamage
    }

    /// Counts a damaged packet; too many in a row end the source, or fail it where it is live, so that none can keep us
    /// for ever.
    func noteDamage(_ code: Int32?) throws(MediaError) {
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

/// A frame as it came out of the decoder.
struct DecodedFrame: ~Copyable {
    let frame: FrameBuffer
    /// Whether part of it was invented.
    let isCorrupt: Bool
}
