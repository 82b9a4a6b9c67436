import Media

/// Assigns strictly increasing time stamps to frames and repairs missing, repeated or disordered ones.
struct PresentationClock {
    private let timeBase: Rational
    /// The ticks from one frame to the next if the source does not state them; at least 1.
    private let nominalTicks: Int64
    /// A longer distance between two frames means a broken time stamp, not a still image.
    private let maximumGapTicks: Int64
    /// In seconds. A smaller step backwards is an error of a single time stamp; a larger one means a new clock.
    private let maximumSlip: Double
    /// The number of ticks after which the source's time stamps wrap to zero; nil if they do not.
    private let period: Int64?
    /// Added to the source's stamps since its last discontinuity, in ticks.
    private(set) var offset: Int64 = 0
    private var first: Int64?
    private var last: Int64 = 0
    private var lastDuration: Int64 = 0
    private(set) var isDiscontinuous = false
    /// The number of time stamps that were present but out of order.
    private(set) var repairs = 0

    /// - Parameters:
    ///   - timeBase: the time base of the time stamps.
    ///   - frameRate: nominal, in hertz; 25 is assumed if it is unknown.
    ///   - maximumGap: in seconds.
    ///   - maximumSlip: in seconds.
    ///   - stampBits: the number of bits after which the source's time stamps wrap.
    init(
        timeBase: Rational, frameRate: Rational, maximumGap: Double, maximumSlip: Double = 1, stampBits: Int = 64
    ) {
        self.timeBase = timeBase
        let rate = frameRate.isPositive ? frameRate.value : 25
        let tick = timeBase.isPositive ? timeBase.value : 1
        nominalTicks = max(1, Int64(clamping: 1 / rate / tick))
        maximumGapTicks = max(nominalTicks, Int64(clamping: maximumGap / tick))
        self.maximumSlip = maximumSlip
        period = (1..<60).contains(stampBits) ? 1 << Int64(stampBits) : nil
    }

    struct Stamp {
        /// In ticks, repaired.
        var pts: Int64
        /// In ticks; 0 if the source does not state it.
        var duration: Int64
        /// In seconds since the first frame.
        var time: Double
        /// Whether the source's clock jumped between the previous frame and this one, so that the elapsed time is
        /// unknown.
        var followsJump: Bool
    }

    /// - Parameters:
    ///   - raw: the source's time stamp of the frame, nil if there is none.
    ///   - duration: the source's duration in ticks, 0 or less if there is none.
    ///   - elapsed: seconds since the previous frame by another clock, the minimum duration of a jump in the source's
    ///     clock.
    mutating func stamp(raw: Int64?, duration: Int64, elapsed: Double = 0) -> Stamp {
        let duration = duration > 0 && duration <= maximumGapTicks ? duration : 0
        // Time stamps beyond any real clock are ignored, to avoid overflows.
        let usable = raw.flatMap { Self.isUsable($0) ? $0 : nil }
        let (pts, followsJump) = next(usable, elapsed: elapsed)
        let start = first ?? pts
        first = start
        last = pts
        lastDuration = duration
        return Stamp(pts: pts, duration: duration, time: timeBase.seconds(pts - start), followsJump: followsJump)
    }

    /// Assigns a time after the previous frame to a frame whose own time stamp is meaningless.
    ///
    /// - Parameters:
    ///   - elapsed: seconds since the previous frame, by another clock.
    ///   - room: ticks from the previous frame to the next one, which has a valid time stamp; nil if unknown.
    mutating func fill(after elapsed: Double, room: Int64? = nil) -> Stamp {
        repairs += 1
        let passed = Int64(clamping: elapsed / (timeBase.isPositive ? timeBase.value : 1))
        let longest = min(maximumGapTicks, room.map { $0 - 1 } ?? .max)
        last += max(1, min(passed, longest))
        let start = first ?? last
        first = start
        lastDuration = 0
        return Stamp(pts: last, duration: 0, time: timeBase.seconds(last - start), followsJump: false)
    }

    /// Ticks from the last frame to a time stamp of the source, considering a wrap in between; nil for a time stamp
    /// beyond any real clock.
    func step(to raw: Int64) -> Int64? {
        guard Self.isUsable(raw) else { return nil }
        return unwrapped(raw + offset - last)
    }

    /// Ticks from one time stamp of the source to another.
    func step(from raw: Int64, to other: Int64) -> Int64? {
        guard Self.isUsable(raw), Self.isUsable(other) else { return nil }
        return unwrapped(other - raw)
    }

    private func unwrapped(_ step: Int64) -> Int64 {
        [period, period.map(-)].compactMap(\.self).map { step + $0 }.first(where: isCredible) ?? step
    }

    private static func isUsable(_ raw: Int64) -> Bool {
        abs(raw.clamped(to: -Int64.max...Int64.max)) < 1 << 60
    }

    /// Signals that the following time stamps belong to a new clock.
    mutating func markDiscontinuity() {
        isDiscontinuous = first != nil
    }

    private mutating func next(_ raw: Int64?, elapsed: Double) -> (pts: Int64, followsJump: Bool) {
        guard first != nil else { return (raw ?? 0, false) }
        let wasDiscontinuous = isDiscontinuous
        isDiscontinuous = false
        let expected = last + (lastDuration > 0 ? lastDuration : nominalTicks)
        // Some containers store time stamps of some frames only; interpolating the others is not a repair.
        guard let raw else { return (expected, wasDiscontinuous) }
        if wasDiscontinuous {
            offset = expected - raw
            return (expected, true)
        }
        let step = raw + offset - last
        if isCredible(step) { return (raw + offset, false) }
        for turn in [period, period.map(-)].compactMap(\.self) where isCredible(step + turn) {
            offset += turn
            return (raw + offset, false)
        }
        repairs += 1
        // A time stamp slightly behind is a single error; a jump means a new clock, which the following frames share.
        if step <= 0 && timeBase.seconds(-step) < maximumSlip { return (last + 1, false) }
        let passed = min(maximumGapTicks, Int64(clamping: elapsed / (timeBase.isPositive ? timeBase.value : 1)))
        let resumed = max(expected, last + passed)
        offset = resumed - raw
        return (resumed, true)
    }

    private func isCredible(_ step: Int64) -> Bool {
        step > 0 && step <= maximumGapTicks
    }
}

extension Int64 {
    fileprivate init(clamping value: Double) {
        self = value >= 0x1p60 ? 1 << 60 : value <= -0x1p60 ? -(1 << 60) : value.isNaN ? 0 : Int64(value.rounded())
    }

    fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
