import CFFmpeg
import Media

/// Time for the frames of a live stream: the source's stamps, put in order, or their arrivals where it has none, where
/// they mean nothing, or where arrivals are asked for.
///
/// A stamp that does not follow the one before it waits for the next frame's: one stray stamp is replaced, and only two that
/// agree with each other are a new clock.
struct LiveStamps {
    /// A frame as it came.
    struct Arrived {
        /// Ticks; nil without a stamp.
        var raw: Int64?
        /// Ticks; 0 or less if the source does not say.
        var duration: Int64
        var arrival: ContinuousClock.Instant
    }

    /// A frame with its place in time.
    struct Placed {
        var stamp: PresentationClock.Stamp
        var followsGap: Bool
        var arrival: ContinuousClock.Instant
        /// The source's own time of the frame, in seconds; nil if it has none that counts.
        var sourceTime: Double?
    }

    /// The unit of the stamps.
    let timeBase: Rational
    /// Seconds between two frames above which a gap is noted.
    private let maximumGap: Double
    /// Seconds. A longer way from one frame to the next is a broken stamp.
    private let longestGap: Double
    /// Of the stamps that the source has, if arrivals are used instead.
    private let replacedTimeBase: Rational?
    /// Seconds. Stamps that go back by less are no gap: hardly anything can be missing.
    private let smallestJump: Double
    private var clock: PresentationClock
    private var firstArrival: ContinuousClock.Instant?
    /// Microseconds since then.
    private var lastArrival: Int64 = -1
    private var last: (time: Double, arrival: ContinuousClock.Instant)?
    /// Seconds from frame to frame, as the stamps have it.
    private var interval: Double
    /// A frame whose stamp does not follow the one before.
    private var doubt: Arrived?
    /// Seconds from the source's stamps to the arrivals that are used instead.
    private var replacedShift = 0.0

    /// A stamp this many frames ahead is nothing special.
    private static let ordinarySteps = 3.0
    /// Seconds by which a stamp and an arrival may differ and still agree.
    private static let tolerance = 0.25
    /// How much of a new interval enters the running one.
    private static let adaptation = 0.1
    /// Seconds by which sound may be off before it is moved with the frames' arrivals again.
    private static let soundTolerance = 0.3

    /// - Parameters:
    ///   - timeBase: of the source's stamps.
    ///   - usesArrivals: whether the stamps are not looked at.
    ///   - frameRate: nominal, in hertz; 0/1 if unknown.
    ///   - maximumGap: seconds between two frames above which a gap is noted.
    ///   - longestGap: seconds; a longer way from one frame to the next is a broken stamp.
    ///   - stampBits: after how many bits the source's stamps wrap.
    init(
        timeBase: Rational, usesArrivals: Bool, frameRate: Rational, maximumGap: Double, longestGap: Double,
        stampBits: Int = 64
    ) {
        replacedTimeBase = usesArrivals ? timeBase : nil
        self.timeBase = usesArrivals ? Rational(1, 1_000_000) : timeBase
        (self.maximumGap, self.longestGap) = (maximumGap, longestGap)
        interval = frameRate.isPositive ? 1 / frameRate.value : 0.04
        smallestJump = min(1, 3 * interval)
        clock = PresentationClock(
            timeBase: self.timeBase, frameRate: frameRate, maximumGap: longestGap, maximumSlip: 0,
            stampBits: usesArrivals ? 64 : stampBits)
    }

    /// - Parameters:
    ///   - frameRate: nominal, in hertz; 0/1 if unknown.
    ///   - maximumGap: seconds between two frames above which a gap is noted.
    init(
        _ input: borrowing InputContext, video: VideoStream, frameRate: Rational, maximumGap: Double,
        options: LiveOptions
    ) {
        let isUnstamped = (input.pointer.pointee.iformat?.pointee.flags ?? 0) & AVFMT_NOTIMESTAMPS != 0
        // FFmpeg counts the frames of these at an assumed rate.
        let isCounted = ["mpjpeg", "mjpeg", "h264", "hevc", "m4v", "mpegvideo"].contains(input.container)
        self.init(
            timeBase: video.timeBase, usesArrivals: isUnstamped || isCounted || options.stamps == .arrival,
            frameRate: frameRate, maximumGap: maximumGap, longestGap: options.input.maximumGap,
            stampBits: Int(input.stream(video.index)?.pointee.pts_wrap_bits ?? 64))
    }

    var repairs: Int { clock.repairs }

    /// How far the frames' stamps were moved from the source's, in seconds.
    var shift: Double { replacedTimeBase == nil ? timeBase.seconds(clock.offset) : replacedShift }

    /// Takes the next frame.
    ///
    /// - Returns: those whose place is known now, in order: none if this one's is in doubt, two if it settles the doubt about the
    ///   one before.
    mutating func add(_ frame: borrowing FrameBuffer, arrival: ContinuousClock.Instant) -> [Placed] {
        let f = frame.pointer.pointee
        let raw = f.best_effort_timestamp == saliency_nopts ? nil : f.best_effort_timestamp
        return add(Arrived(raw: raw, duration: saliency_frame_duration(frame.pointer), arrival: arrival))
    }

    mutating func add(_ frame: Arrived) -> [Placed] {
        guard replacedTimeBase == nil else { return [placeByArrival(frame)] }
        guard last != nil, !clock.isBrokenOff, let raw = frame.raw else { return flush() + [place(frame)] }
        guard let doubt = doubt.take() else {
            if isOrdinary(raw, elapsed: elapsed(frame)) { return [place(frame)] }
            self.doubt = frame
            return []
        }
        if let room = clock.step(to: raw), room > 1 {
            let step = doubt.raw.flatMap(clock.step(to:)) ?? 0
            // Both go on from the frame before: key frames alone, say, of a reader that catches up.
            if step > 0, step < room, timeBase.seconds(room) <= longestGap { return [place(doubt), place(frame)] }
            // The clock before goes on, with room for the frame in between.
            if isCredible(room) { return [fill(doubt, room: room), place(frame)] }
        }
        if let first = doubt.raw, let step = clock.step(from: first, to: raw), isCredible(step) {
            return [place(doubt), place(frame)]
        }
        self.doubt = frame
        return [fill(doubt)]
    }

    /// Places a frame that is in doubt: no other comes, or none that it could be measured by.
    mutating func flush() -> [Placed] {
        doubt.take().map { [place($0)] } ?? []
    }

    /// Signals that the frames to come are of a new pass.
    mutating func breakOff() {
        clock.breakOff()
    }

    private func elapsed(_ frame: Arrived) -> Double {
        last.map { max(0, (frame.arrival - $0.arrival) / .seconds(1)) } ?? 0
    }

    /// Whether a stamp is what one expects next, by the stamps before or by the arrivals.
    private func isOrdinary(_ raw: Int64, elapsed: Double) -> Bool {
        guard let step = clock.step(to: raw).map(timeBase.seconds), step > 0 else { return false }
        return step <= Self.ordinarySteps * interval || abs(step - elapsed) <= max(Self.tolerance, elapsed / 2)
    }

    /// Whether nothing is missing on the way, or hardly anything.
    private func isCredible(_ step: Int64) -> Bool {
        step > 0 && timeBase.seconds(step) <= maximumGap
    }

    private mutating func place(_ frame: Arrived) -> Placed {
        let jump = frame.raw.flatMap(clock.step(to:)).map(timeBase.seconds) ?? 0
        let wasBrokenOff = clock.isBrokenOff
        let stamp = clock.stamp(raw: frame.raw, duration: frame.duration, elapsed: elapsed(frame))
        let isJump = stamp.followsJump && (wasBrokenOff || abs(jump) >= smallestJump)
        return noted(stamp, frame, isJump: isJump, sourceTime: frame.raw.map(timeBase.seconds))
    }

    private mutating func fill(_ frame: Arrived, room: Int64? = nil) -> Placed {
        noted(clock.fill(after: elapsed(frame), room: room), frame, isJump: false, sourceTime: nil)
    }

    private mutating func placeByArrival(_ frame: Arrived) -> Placed {
        let start = firstArrival ?? frame.arrival
        firstArrival = start
        let isFirst = last == nil
        // Several may come at once.
        lastArrival = max(Int64((frame.arrival - start) / .microseconds(1)), lastArrival + 1)
        let stamp = clock.stamp(raw: lastArrival, duration: 0, elapsed: elapsed(frame))
        if let source = frame.raw.flatMap({ replacedTimeBase?.seconds($0) }) {
            let shift = stamp.time - source
            if isFirst || abs(shift - replacedShift) > Self.soundTolerance { replacedShift = shift }
        }
        return noted(stamp, frame, isJump: stamp.followsJump, sourceTime: nil)
    }

    private mutating func noted(
        _ stamp: PresentationClock.Stamp, _ frame: Arrived, isJump: Bool, sourceTime: Double?
    ) -> Placed {
        let step = last.map { stamp.time - $0.time } ?? 0
        let followsGap = isJump || step > maximumGap
        if step > 0, !followsGap { interval += Self.adaptation * (step - interval) }
        last = (stamp.time, frame.arrival)
        return Placed(stamp: stamp, followsGap: followsGap, arrival: frame.arrival, sourceTime: sourceTime)
    }
}
