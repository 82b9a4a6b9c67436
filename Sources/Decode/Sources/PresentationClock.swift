import Media

/// Gives every frame a strictly increasing time stamp, repairing those that are missing, repeated or out of order.
struct PresentationClock {
    private let timeBase: Rational
    /// Ticks from one frame to the next where the source does not say; at least 1.
    private let nominalTicks: Int64
    /// A longer way from one frame to the next is a broken stamp, not a still image.
    private let maximumGapTicks: Int64
    /// Seconds. A stamp less far behind is a slip of its own; one further behind is a new clock.
    private let maximumSlip: Double
    /// Ticks after which the source's stamps begin again at zero; nil if never.
    private let period: Int64?
    /// Added to the source's stamps since its last discontinuity, in ticks.
    private(set) var offset: Int64 = 0
    private var first: Int64?
    private var last: Int64 = 0
    private var lastDuration: Int64 = 0
    private(set) var isBrokenOff = false
    /// How many stamps the source had, but not in order.
    private(set) var repairs = 0

    /// - Parameters:
    ///   - timeBase: of the stamps.
    ///   - frameRate: nominal, in hertz; 25 is assumed where it is unknown.
    ///   - maximumGap: in seconds.
    ///   - maximumSlip: in seconds.
    ///   - stampBits: after how many bits the source's stamps wrap.
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
        /// In ticks, with repairs.
        var pts: Int64
        /// In ticks; 0 if the source does not say.
        var duration: Int64
        /// In seconds since the first frame.
        var time: Double
        /// Whether the source's clock jumped between the frame before and this one, so that it is not known how much time
        /// passed.
        var followsJump: Bool
    }

    /// - Parameters:
    ///   - raw: the frame's stamp as the source has it, nil if it has none.
    ///   - duration: as the source has it, 0 or less if it has none.
    ///   - elapsed: seconds since the frame before by another clock: what a jump of the source's comes to at least.
    mutating func stamp(raw: Int64?, duration: Int64, elapsed: Double = 0) -> Stamp {
        let duration = duration > 0 && duration <= maximumGapTicks ? duration : 0
        // Stamps beyond any real clock are as good as none, and must not overflow.
        let usable = raw.flatMap { Self.isUsable($0) ? $0 : nil }
        let (pts, followsJump) = next(usable, elapsed: elapsed)
        let start = first ?? pts
        first = start
        last = pts
        lastDuration = duration
        return Stamp(pts: pts, duration: duration, time: timeBase.seconds(pts - start), followsJump: followsJump)
    }

    /// Gives a frame whose own stamp means nothing a time behind the one before.
    ///
    /// - Parameters:
    ///   - elapsed: seconds since the frame before, by another clock.
    ///   - room: ticks from the frame before to the one behind, which has a good stamp; nil if unknown.
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

    /// Ticks from the last frame to a stamp as the source has it, stamps that have wrapped in between included; nil for a stamp
    /// beyond any real clock.
    func step(to raw: Int64) -> Int64? {
        guard Self.isUsable(raw) else { return nil }
        return unwrapped(raw + offset - last)
    }

    /// Ticks from one stamp of the source to another.
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

    /// Signals that the stamps to come belong to a new clock.
    mutating func breakOff() {
        isBrokenOff = first != nil
    }

    private mutating func next(_ raw: Int64?, elapsed: Double) -> (pts: Int64, followsJump: Bool) {
        guard first != nil else { return (raw ?? 0, false) }
        let wasBrokenOff = isBrokenOff
        isBrokenOff = false
        let expected = last + (lastDuration > 0 ? lastDuration : nominalTicks)
        // Some containers stamp only some frames: to fill in is no repair.
        guard let raw else { return (expected, wasBrokenOff) }
        if wasBrokenOff {
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
        // A stamp slightly behind is a slip of its own; a jump is a new clock, which the frames after it share.
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
