import Decode

/// The time stamps of the pictures in the output: the source's own, counted from its first picture.
struct PictureClock {
    /// The unit of the output's pictures, in seconds.
    let timeBase: Rational
    /// The largest shift of a picture in time, in seconds; 0 in containers that hold any time.
    private(set) var largestShift = 0.0

    private let sourceTimeBase: Rational
    private let isConstant: Bool
    private let averageFrameRate: Rational
    private var origin: Int64?
    private var last: (pts: Int64, interval: Int64)?

    init(source: SourceProperties, container: OutputContainer) {
        sourceTimeBase = source.timeBase
        averageFrameRate = source.averageFrameRate.isPositive ? source.averageFrameRate : Rational(25, 1)
        // AVI counts pictures: its only unit of time is a picture's duration.
        isConstant = container == .avi
        timeBase = isConstant ? Rational(averageFrameRate.denominator, averageFrameRate.numerator) : source.timeBase
    }

    /// The time stamp of the next picture.
    ///
    /// - Parameter pts: in the source's ticks.
    /// - Returns: in this clock's ticks; always later than the one before.
    mutating func stamp(_ pts: Int64) -> Int64 {
        let origin = self.origin ?? pts
        self.origin = origin
        let (sinceFirst, overflows) = pts.subtractingReportingOverflow(origin)
        var stamp = overflows ? 0 : sinceFirst
        if isConstant {
            let seconds = sourceTimeBase.seconds(stamp)
            stamp = ticks(seconds / timeBase.value)
            if let last { stamp = max(stamp, last.pts + 1) }
            largestShift = max(largestShift, abs(timeBase.seconds(stamp) - seconds))
        } else if let last {
            stamp = max(stamp, last.pts + 1)
        }
        last = (stamp, last.map { stamp - $0.pts } ?? 0)
        return stamp
    }

    /// How long the last picture is shown, in this clock's ticks.
    ///
    /// - Parameter duration: what its source says, in the source's ticks; 0 if it says nothing.
    func duration(ofLast duration: Int64) -> Int64 {
        if isConstant { return 1 }
        if duration > 0 { return duration }
        if let last, last.interval > 0 { return last.interval }
        return max(ticks(1 / averageFrameRate.value / timeBase.value), 1)
    }
}
