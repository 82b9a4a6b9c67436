import Media

/// Determines the time stamps of the frames in the output: the source's, counted from its first sound or frame.
struct FrameClock {
    /// The unit of the output's frames, in seconds.
    let timeBase: Rational
    /// The largest shift of a frame in time, in seconds; 0 in containers that can store all times exactly.
    private(set) var largestShift = 0.0

    /// The maximum step from one frame to the next, in ticks: MP4 stores it in 31 bits, and FFmpeg's muxer (5.1 to 7.1)
    /// would shift the frames after a longer one. No valid source has such steps.
    private static let longestStep: Int64 = 1 << 30

    /// The first frame's time stamp, in this clock's ticks.
    private let firstTicks: Int64
    private let sourceTimeBase: Rational
    private let isConstant: Bool
    private let averageFrameRate: Rational
    private var origin: Int64?
    private var last: (pts: Int64, interval: Int64)?

    /// - Parameter lead: seconds from the output's beginning to the first frame; a part of a tick is rounded up.
    init(source: SourceProperties, container: OutputContainer, lead: Double = 0) {
        sourceTimeBase = source.timeBase
        averageFrameRate = source.averageFrameRate.isPositive ? source.averageFrameRate : Rational(25, 1)
        isConstant = container == .avi
        if isConstant {
            // AVI numbers its frames: its only unit of time is a frame's duration.
            timeBase = Rational(averageFrameRate.denominator, averageFrameRate.numerator)
        } else if source.timeBase.denominator > container.finestTimeBase || !source.timeBase.isPositive {
            timeBase = Rational(1, container.finestTimeBase)
        } else {
            timeBase = source.timeBase
        }
        firstTicks = lead > 0 ? ticks((lead / timeBase.value - 1e-6).rounded(.up)) : 0
    }

    /// Seconds from the output's beginning to the first frame.
    var lead: Double { timeBase.seconds(firstTicks) }

    /// The time stamp of the next frame.
    ///
    /// - Parameter pts: in the source's ticks.
    /// - Returns: in this clock's ticks; always later than the previous one.
    mutating func stamp(_ pts: Int64) -> Int64 {
        let origin = self.origin ?? pts
        self.origin = origin
        let (sinceFirst, overflows) = pts.subtractingReportingOverflow(origin)
        let wanted = (overflows ? 0 : converted(sinceFirst)) + firstTicks
        let stamp = last.map { min(max(wanted, $0.pts + 1), $0.pts + Self.longestStep) } ?? firstTicks
        largestShift = max(
            largestShift, abs(timeBase.seconds(stamp - firstTicks) - sourceTimeBase.seconds(sinceFirst)))
        last = (stamp, last.map { stamp - $0.pts } ?? 0)
        return stamp
    }

    /// The duration of the last frame, in this clock's ticks.
    ///
    /// - Parameter duration: the source's statement, in the source's ticks; 0 if there is none.
    func duration(ofLast duration: Int64) -> Int64 {
        if isConstant { return 1 }
        if duration > 0 { return min(max(converted(duration), 1), Self.longestStep) }
        if let last, last.interval > 0 { return last.interval }
        return min(max(ticks(1 / averageFrameRate.value / timeBase.value), 1), Self.longestStep)
    }

    private func converted(_ sourceTicks: Int64) -> Int64 {
        timeBase == sourceTimeBase ? sourceTicks : ticks(sourceTimeBase.seconds(sourceTicks) / timeBase.value)
    }
}

/// Converts a number to ticks: rounded, and limited so that sums cannot overflow, because untrusted time stamps may
/// produce any value.
func ticks(_ value: Double) -> Int64 {
    let limit = 1e18
    return value.isNaN ? 0 : Int64(min(max(value, -limit), limit).rounded())
}
