/// Gives every picture a strictly increasing time stamp, repairing those that are missing, repeated or out of order.
struct PresentationClock {
    private let timeBase: Rational
    /// Ticks from one picture to the next where the source does not say; at least 1.
    private let nominalTicks: Int64
    /// A longer way from one picture to the next is a broken stamp, not a still picture.
    private let maximumGapTicks: Int64
    /// Added to the source's stamps since its last discontinuity.
    private var offset: Int64 = 0
    private var first: Int64?
    private var last: Int64 = 0
    private var lastDuration: Int64 = 0
    /// How many stamps the source had, but not in order.
    private(set) var repairs = 0

    /// - Parameters:
    ///   - timeBase: of the stamps.
    ///   - frameRate: nominal, in hertz; 25 is assumed where it is unknown.
    ///   - maximumGap: in seconds.
    init(timeBase: Rational, frameRate: Rational, maximumGap: Double) {
        self.timeBase = timeBase
        let rate = frameRate.isPositive ? frameRate.value : 25
        let tick = timeBase.isPositive ? timeBase.value : 1
        nominalTicks = max(1, Int64(clamping: 1 / rate / tick))
        maximumGapTicks = max(nominalTicks, Int64(clamping: maximumGap / tick))
    }

    struct Stamp {
        /// In ticks, with repairs.
        var pts: Int64
        /// In ticks; 0 if the source does not say.
        var duration: Int64
        /// In seconds since the first picture.
        var time: Double
    }

    /// - Parameters:
    ///   - raw: the picture's stamp as the source has it, nil if it has none.
    ///   - duration: as the source has it, 0 or less if it has none.
    mutating func stamp(raw: Int64?, duration: Int64) -> Stamp {
        let duration = duration > 0 && duration <= maximumGapTicks ? duration : 0
        // Stamps beyond any real clock are as good as none, and must not overflow.
        let usable = raw.flatMap { abs($0.clamped(to: -Int64.max...Int64.max)) < 1 << 60 ? $0 : nil }
        let pts = next(usable)
        let start = first ?? pts
        first = start
        last = pts
        lastDuration = duration
        return Stamp(pts: pts, duration: duration, time: timeBase.seconds(pts - start))
    }

    private mutating func next(_ raw: Int64?) -> Int64 {
        guard first != nil else {
            return raw ?? 0
        }
        let expected = last + (lastDuration > 0 ? lastDuration : nominalTicks)
        // Some containers stamp only some pictures: to fill in is no repair.
        guard let raw else { return expected }
        let pts = raw + offset
        let step = pts - last
        if step > 0 && step <= maximumGapTicks { return pts }
        repairs += 1
        // A stamp slightly behind is a slip of its own; a jump is a new clock, which the pictures after it share.
        if step <= 0 && timeBase.seconds(-step) < 1 { return last + 1 }
        offset = expected - raw
        return expected
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
