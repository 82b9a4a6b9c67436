import CFFmpeg
import Media

/// Determines the times of a live stream's frames: the source's time stamps, corrected to be in order, or the frames'
/// arrivals if the source has no time stamps, if they are meaningless, or if arrivals are requested.
///
/// A time stamp that does not fit the previous one is kept until the next frame's is known: a single stray time stamp
/// is replaced, and only two that agree with each other establish a new clock.
struct LiveStamps {
    /// A frame's time stamp and arrival.
    struct Arrived {
        /// In ticks; nil if the frame has no time stamp.
        var raw: Int64?
        /// In ticks; 0 or less if the source does not state it.
        var duration: Int64
        var arrival: ContinuousClock.Instant
    }

    /// A frame whose time is determined.
    struct Placed {
        var stamp: PresentationClock.Stamp
        var followsGap: Bool
        var arrival: ContinuousClock.Instant
        /// The source's own time of the frame, in seconds; nil if there is none or it is not used.
        var sourceTime: Double?
    }

    /// The unit of the stamps.
    let timeBase: Rational
    /// The seconds between two frames above which there is a gap.
    private let maximumGap: Double
    /// In seconds. A longer distance between two frames means a broken time stamp.
    private let longestGap: Double
    /// The time base of the source's time stamps, if arrivals are used instead.
    private let replacedTimeBase: Rational?
    /// In seconds. A smaller jump backwards is not a gap, because hardly any frame can be missing.
    private let smallestJump: Double
    private var clock: PresentationClock
    private var firstArrival: ContinuousClock.Instant?
    /// Microseconds since `firstArrival`.
    private var lastArrival: Int64 = -1
    private var last: (time: Double, arrival: ContinuousClock.Instant)?
    /// The running mean of seconds from frame to frame, by time stamps.
    private var interval: Double
    /// A frame whose time stamp does not fit the previous one.
    private var uncertain: Arrived?
    /// Seconds from the source's stamps to the arrivals that are used instead.
    private var replacedShift = 0.0

    /// A time stamp up to this many frames ahead is considered ordinary.
    private static let ordinarySteps = 3.0
    /// The seconds by which a time stamp and an arrival may differ and still agree.
    private static let tolerance = 0.25
    /// The weight of a new interval in the running mean.
    private static let adaptation = 0.1
    /// The seconds by which sound may be out of step before its shift is updated from the frames' arrivals.
    private static let soundTolerance = 0.3

    /// - Parameters:
    ///   - timeBase: the time base of the source's time stamps.
    ///   - usesArrivals: whether arrivals are used instead of the time stamps.
    ///   - frameRate: nominal, in hertz; 0/1 if unknown.
    ///   - maximumGap: seconds between two frames above which a gap is noted.
    ///   - longestGap: in seconds; a longer distance between two frames means a broken time stamp.
    ///   - stampBits: the number of bits after which the source's time stamps wrap.
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
        // For these formats FFmpeg numbers the frames at an assumed rate.
        let isCounted = ["mpjpeg", "mjpeg", "h264", "hevc", "m4v", "mpegvideo"].contains(input.container)
        self.init(
            timeBase: video.timeBase, usesArrivals: isUnstamped || isCounted || options.stamps == .arrival,
            frameRate: frameRate, maximumGap: maximumGap, longestGap: options.input.maximumGap,
            stampBits: Int(input.stream(video.index)?.pointee.pts_wrap_bits ?? 64))
    }

    var repairs: Int { clock.repairs }

    /// The shift from the source's time stamps to the frames' times, in seconds.
    var shift: Double { replacedTimeBase == nil ? timeBase.seconds(clock.offset) : replacedShift }

    /// Adds the next frame.
    ///
    /// - Returns: the frames whose time is now determined, in order: none if this one's is uncertain, two if it also
    ///   settles the previous one's.
    mutating func add(_ frame: borrowing FrameBuffer, arrival: ContinuousClock.Instant) -> [Placed] {
        let f = frame.pointer.pointee
        let raw = f.best_effort_timestamp == saliency_nopts ? nil : f.best_effort_timestamp
        return add(Arrived(raw: raw, duration: saliency_frame_duration(frame.pointer), arrival: arrival))
    }

    mutating func add(_ frame: Arrived) -> [Placed] {
        guard replacedTimeBase == nil else { return [placeByArrival(frame)] }
        guard last != nil, !clock.isDiscontinuous, let raw = frame.raw else { return flush() + [place(frame)] }
        guard let uncertain = uncertain.take() else {
            if isOrdinary(raw, elapsed: elapsed(frame)) { return [place(frame)] }
            self.uncertain = frame
            return []
        }
        if let room = clock.step(to: raw), room > 1 {
            let step = uncertain.raw.flatMap(clock.step(to:)) ?? 0
            // Both continue from the previous frame, for example key frames only while the reader catches up.
            if step > 0, step < room, timeBase.seconds(room) <= longestGap { return [place(uncertain), place(frame)] }
            // The previous clock continues, with room for the frame in between.
            if isCredible(room) { return [fill(uncertain, room: room), place(frame)] }
        }
        if let first = uncertain.raw, let step = clock.step(from: first, to: raw), isCredible(step) {
            return [place(uncertain), place(frame)]
        }
        self.uncertain = frame
        return [fill(uncertain)]
    }

    /// Determines the time of an uncertain frame, because no frame follows with which it could be compared.
    mutating func flush() -> [Placed] {
        uncertain.take().map { [place($0)] } ?? []
    }

    /// Signals that the following frames belong to a new pass.
    mutating func markDiscontinuity() {
        clock.markDiscontinuity()
    }

    private func elapsed(_ frame: Arrived) -> Double {
        last.map { max(0, (frame.arrival - $0.arrival) / .seconds(1)) } ?? 0
    }

    /// Whether a time stamp is plausible, by the previous time stamps or by the arrivals.
    private func isOrdinary(_ raw: Int64, elapsed: Double) -> Bool {
        guard let step = clock.step(to: raw).map(timeBase.seconds), step > 0 else { return false }
        return step <= Self.ordinarySteps * interval || abs(step - elapsed) <= max(Self.tolerance, elapsed / 2)
    }

    /// Whether no frame, or hardly any, can be missing in this step.
    private func isCredible(_ step: Int64) -> Bool {
        step > 0 && timeBase.seconds(step) <= maximumGap
    }

    private mutating func place(_ frame: Arrived) -> Placed {
        let jump = frame.raw.flatMap(clock.step(to:)).map(timeBase.seconds) ?? 0
        let wasDiscontinuous = clock.isDiscontinuous
        let stamp = clock.stamp(raw: frame.raw, duration: frame.duration, elapsed: elapsed(frame))
        let isJump = stamp.followsJump && (wasDiscontinuous || abs(jump) >= smallestJump)
        return placed(stamp, frame, isJump: isJump, sourceTime: frame.raw.map(timeBase.seconds))
    }

    private mutating func fill(_ frame: Arrived, room: Int64? = nil) -> Placed {
        placed(clock.fill(after: elapsed(frame), room: room), frame, isJump: false, sourceTime: nil)
    }

    private mutating func placeByArrival(_ frame: Arrived) -> Placed {
        let start = firstArrival ?? frame.arrival
        firstArrival = start
        let isFirst = last == nil
        // Several frames may arrive at the same time.
        lastArrival = max(Int64((frame.arrival - start) / .microseconds(1)), lastArrival + 1)
        let stamp = clock.stamp(raw: lastArrival, duration: 0, elapsed: elapsed(frame))
        if let source = frame.raw.flatMap({ replacedTimeBase?.seconds($0) }) {
            let shift = stamp.time - source
            if isFirst || abs(shift - replacedShift) > Self.soundTolerance { replacedShift = shift }
        }
        return placed(stamp, frame, isJump: stamp.followsJump, sourceTime: nil)
    }

    private mutating func placed(
        _ stamp: PresentationClock.Stamp, _ frame: Arrived, isJump: Bool, sourceTime: Double?
    ) -> Placed {
        let step = last.map { stamp.time - $0.time } ?? 0
        let followsGap = isJump || step > maximumGap
        if step > 0, !followsGap { interval += Self.adaptation * (step - interval) }
        last = (stamp.time, frame.arrival)
        return Placed(stamp: stamp, followsGap: followsGap, arrival: frame.arrival, sourceTime: sourceTime)
    }
}
