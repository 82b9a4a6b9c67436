import CFFmpeg
import Concurrency
import DequeModule
import Media

/// An item of a live stream.
public enum LiveItem: Sendable {
    case frame(LiveFrame)
    /// A packet of sound or subtitles, with its time stamps shifted like the frames'. Around a gap packets may be out
    /// of order; writers omit such packets.
    case packet(MediaPacket)
}

/// A frame of a live stream.
public struct LiveFrame: Sendable {
    public let frame: VideoFrame
    /// The time when the decoder returned it.
    public let arrival: ContinuousClock.Instant
    /// Whether more time than usual, or an unknown time, has passed since the previous frame; no window may span such a
    /// gap.
    public let followsGap: Bool
    /// The seconds for which the reader waited for it. If a reader never waits, it is itself the cause of lateness.
    public let waited: Double

    public init(frame: VideoFrame, arrival: ContinuousClock.Instant, followsGap: Bool, waited: Double = 0) {
        self.frame = frame
        self.arrival = arrival
        self.followsGap = followsGap
        self.waited = waited
    }
}

/// One connection to a live stream, from its first frame to its end.
///
/// Frames arrive in presentation order, upright, all of one size, with strictly increasing time stamps, from the first
/// key frame on. Frames of HLS and files are paced in real time. Not thread-safe: one thread reads.
public final class LiveSource {
    /// The name in it is the redacted address.
    public let properties: SourceProperties
    /// The capture time of the first frame, in seconds since 1970, if the source states it (RTCP sender reports). It
    /// may become known later, and is accurate for frames around the latest one.
    public private(set) var startOnWallClock: Double?
    /// While true, non-reference frames are not decoded and, if it stays true, only key frames are: for a reader that
    /// cannot keep up.
    public var isBehind = false {
        didSet {
            skipPolicy.isBehind = isBehind
            if !isBehind { stream.skips = .none }
        }
    }

    private let address: StreamAddress
    private let options: LiveOptions
    private let cancellation: Cancellation
    private var stream: StreamDecoder
    private var stamps: LiveStamps
    private var normalizer: FrameNormalizer
    private let layout: FrameLayout
    private var pacer: LivePacer?
    private var stall: StallClock
    private var skipPolicy = FrameSkipPolicy()
    /// The counts of earlier passes over a file.
    private var earlierTally = DamageTally()
    private var frameCount = 1
    private var framesOfPass = 1
    private var isOver = false
    /// The first frame, until it is returned.
    private var first: LiveFrame?
    /// Decoded frames that have not been returned yet, and the times of those whose time is known.
    private var held = Deque<HeldFrame>()
    private var placed = Deque<LiveStamps.Placed>()
    /// The stream's error, thrown after all earlier frames have been returned.
    private var failure: MediaError?
    /// The value of `stream.readTime` when the last frame arrived.
    private var readBefore = Duration.zero
    private var earlierSkipped: UInt64 = 0

    /// A decoded frame.
    private final class HeldFrame {
        /// The seconds for which the reader waited for it.
        let waited: Double
        private var decoded: DecodedFrame?

        init(_ decoded: consuming DecodedFrame, waited: Double) {
            self.decoded = consume decoded
            self.waited = waited
        }

        /// Returns the frame at the first call, and nil afterwards.
        func take() -> DecodedFrame? { decoded.take() }
    }

    /// Connects and decodes the first frame.
    ///
    /// - Throws: `MediaError`: `cannotOpen` (also if it takes too long), `notMedia`, `refused`, `noVideo`, `damaged` or
    ///   `cancelled`.
    public convenience init(
        _ address: StreamAddress, options: LiveOptions = LiveOptions(), cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        try self.init(address, options: options, cancellation: cancellation, wait: .system)
    }

    init(
        _ address: StreamAddress, options: LiveOptions, cancellation: Cancellation, wait: LiveWait
    ) throws(MediaError) {
        let interrupt = Interrupt(cancellation)
        interrupt.setDeadline(in: options.openTimeout)
        let stream = try StreamDecoder.connect(address, options: options, interrupt: interrupt)
        stream.timeout = MediaError(
            .cannotOpen, "showed no whole frame within \(options.openTimeout) s", file: address.redacted)
        let decoded = try stream.firstWholeFrame()
        let arrival = wait.now()

        let video = stream.video
        let frameRate = video.frameRate.value <= SampleClock.highestRate ? video.frameRate : Rational(0, 1)
        let color = ColorDescription.of(decoded.frame, fallback: video.parameters.pointer)
        let aspect = stream.input.sampleAspectRatio(of: video, frame: decoded.frame)
        layout = FrameLayout(decoded.frame, color: color)
        let mastering = MasteringMetadata(stream.input.stream(video.index), frame: decoded.frame)
        var normalizer = try FrameNormalizer(
            first: decoded.frame, color: color, orientation: video.orientation, background: options.input.background)
        var stamps = LiveStamps(
            stream.input, video: video, frameRate: frameRate,
            maximumGap: options.gapTime(frameRate: frameRate.value), options: options)
        // The first frame's time is never uncertain.
        let begin = stamps.add(decoded.frame, arrival: arrival).first
        guard let stamp = begin?.stamp else {
            throw MediaError(.damaged, "has a first frame without a time", file: address.redacted)
        }
        let frame = VideoFrame(
            buffer: try normalizer.normalized(decoded.frame, color: color), index: 0, pts: stamp.pts,
            duration: stamp.duration, time: 0)

        var properties = SourceProperties(
            live: stream, first: frame, timeBase: stamps.timeBase, color: color, sampleAspectRatio: aspect,
            orientation: normalizer.orientation)
        properties.mastering = mastering
        self.properties = properties
        pacer = address.kind == .loop || address.kind == .hls ? LivePacer(wait) : nil
        _ = pacer?.delay(0, cancellation: cancellation)
        stall = StallClock(
            interrupt, limit: options.stallTime(frameRate: frameRate.value, isSnapshot: address.kind == .snapshot))
        stall.leave()
        first = LiveFrame(frame: frame, arrival: arrival, followsGap: false)
        self.address = address
        self.options = options
        self.cancellation = cancellation
        self.stream = stream
        self.stamps = stamps
        self.normalizer = normalizer
        configureStream()
        updateWallClock(time: 0, sourceTime: begin?.sourceTime)
    }

    /// The number of frames that were not decoded, to catch up.
    public var skippedFrames: UInt64 { earlierSkipped + stream.skippedFrames }

    /// The number of frames with concealed damage.
    public var damagedFrames: Int { stream.tally.adding(earlierTally).corruptFrames }

    /// The problems that decoding has worked around so far.
    public var warnings: [SourceWarning] {
        var tally = stream.tally.adding(earlierTally)
        tally.repairedTimeStamps = stamps.repairs
        tally.record(normalizer, stream.video, properties, background: options.input.background)
        return tally.warnings
    }

    /// The next frame or packet; nil once the stream's sender has ended it.
    ///
    /// - Throws: `MediaError`: `stalled` when no frame arrived for the stall time, `cancelled`, `damaged` when the
    ///   frame's size changed or no intact frame arrives, or a read error. No item follows an error.
    public func next() throws(MediaError) -> LiveItem? {
        if let first {
            self.first = nil
            return .frame(first)
        }
        guard !isOver else { return nil }
        stall.enter()
        defer { stall.leave() }
        do throws(MediaError) {
            let item = try read()
            isOver = item == nil
            return item
        } catch {
            isOver = true
            throw error
        }
    }

    private func read() throws(MediaError) -> LiveItem? {
        while true {
            while let place = placed.popFirst(), let first = held.popFirst() {
                guard let decoded = first.take() else { continue }
                if let frame = try frame(decoded, place, waited: first.waited) { return .frame(frame) }
            }
            if let failure { throw failure }
            do throws(MediaError) {
                switch try stream.next() {
                case .end:
                    placed += stamps.flush()
                    if placed.isEmpty, !(try reopenFile()) { return nil }
                case .skipped: stall.reset()
                case .packet(let packet): return .packet(packet.moved(by: stamps.shift, stream.input))
                case .frame(let decoded):
                    stall.reset()
                    hold(decoded)
                }
            } catch {
                placed += stamps.flush()
                failure = error
            }
        }
    }

    private func hold(_ decoded: consuming DecodedFrame) {
        placed += stamps.add(decoded.frame, arrival: .now)
        held.append(HeldFrame(decoded, waited: (stream.readTime - readBefore) / .seconds(1)))
        readBefore = stream.readTime
    }

    /// - Returns: nil for a frame that cannot be normalized, which counts as damaged.
    private func frame(
        _ decoded: consuming DecodedFrame, _ place: LiveStamps.Placed, waited: Double
    ) throws(MediaError) -> LiveFrame? {
        try requireSameSize(decoded.frame)
        let color = ColorDescription.of(decoded.frame, fallback: stream.video.parameters.pointer)
        let isCorrupt = decoded.isCorrupt
        let stamp = place.stamp
        let buffer: FrameBuffer
        do throws(MediaError) {
            buffer = try normalizer.normalized(decoded.frame, color: color)
        } catch {
            try stream.recordDamage(error.underlyingCode)
            return nil
        }
        // After a gap in a playlist, pacing restarts instead of waiting: the playlist advances meanwhile, and as much
        // would be missing again.
        normalizer.place("at \((stamp.time * 1000).rounded() / 1000) s")
        if place.followsGap, address.kind == .hls { pacer?.restart() }
        let begun = ContinuousClock.now
        pacer?.delay(stamp.time, cancellation: cancellation)
        let arrival = pacer == nil ? place.arrival : .now
        let paced = pacer == nil ? 0 : (arrival - begun) / .seconds(1)
        if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled", file: address.redacted) }
        // Time spent on pacing does not count as time without a frame.
        stall.reset()
        updateWallClock(time: stamp.time, sourceTime: place.sourceTime)
        stream.skips = skipPolicy.skips(at: stamp.time)
        let frame = VideoFrame(
            buffer: buffer, index: frameCount, pts: stamp.pts, duration: stamp.duration, time: stamp.time,
            isCorrupt: isCorrupt)
        frameCount += 1
        framesOfPass += 1
        return LiveFrame(
            frame: frame, arrival: arrival, followsGap: place.followsGap, waited: waited + paced)
    }

    /// A new size requires a new connection; a camera that leaves night mode changes only its pixel format.
    private func requireSameSize(_ frame: borrowing FrameBuffer) throws(MediaError) {
        let f = frame.pointer.pointee
        guard Int(f.width) == layout.width, Int(f.height) == layout.height else {
            throw MediaError(
                .damaged, "the frame's size changed from \(layout.width)x\(layout.height) to \(f.width)x\(f.height)",
                file: address.redacted)
        }
    }

    /// Opens a looping file again; returns false for all other addresses.
    private func reopenFile() throws(MediaError) -> Bool {
        guard address.kind == .loop else { return false }
        guard framesOfPass > 0 else { throw MediaError(.noVideo, "shows no frame any more", file: address.redacted) }
        let interrupt = Interrupt(cancellation)
        stall.move(to: interrupt)
        let next = try StreamDecoder.connect(address, options: options, interrupt: interrupt)
        earlierTally = stream.tally.adding(earlierTally)
        earlierSkipped += stream.skippedFrames
        readBefore = .zero
        framesOfPass = 0
        stream = next
        stamps.markDiscontinuity()
        configureStream()
        return true
    }

    /// Sets the newly opened stream's error for stalls and its frames to skip.
    private func configureStream() {
        stream.timeout = MediaError(.stalled, "sent no frame for \(stall.limit) s", file: address.redacted)
        stream.skips = skipPolicy.skips(at: nil)
    }

    /// Derives the first frame's capture time from RTCP's time for the latest frame.
    private func updateWallClock(time: Double, sourceTime: Double?) {
        let start = stream.input.pointer.pointee.start_time_realtime
        guard start != saliency_nopts, let sourceTime else { return }
        startOnWallClock = Double(start) / 1e6 + sourceTime - time
    }
}
