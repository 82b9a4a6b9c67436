import DequeModule

/// How long pictures wait whose heat becomes final many at a time: all equally long after they were due, so that they go out as
/// evenly as they came, and no longer than the slowest of the last windows asks for.
struct PicturePacing {
    /// Windows whose delays count.
    private static let windows = 8
    /// Seconds beyond the longest delay: the next one may be a little longer.
    private static let reserve = 0.02
    /// Seconds in a second by which the delay becomes shorter: pictures go out so much faster meanwhile.
    private static let glide = 0.05

    /// Seconds.
    private let longest: Double
    private var delays = Deque<Double>()
    private var current = 0.0
    private var asOf: ContinuousClock.Instant?

    /// - Parameter longest: seconds that a picture may wait.
    init(longest: Double) {
        self.longest = max(0, longest)
    }

    /// Notes that pictures became ready, the one that had waited longest `delay` seconds after it was due.
    mutating func note(_ delay: Double, at moment: ContinuousClock.Instant) {
        delays.append(min(max(0, delay) + Self.reserve, longest))
        if delays.count > Self.windows { delays.removeFirst() }
        _ = self.delay(at: moment)
    }

    /// Seconds from when a picture is due to when it goes out.
    mutating func delay(at moment: ContinuousClock.Instant) -> Double {
        let passed = asOf.map { max(0, (moment - $0) / .seconds(1)) } ?? 0
        asOf = asOf.map { max($0, moment) } ?? moment
        current = max(delays.max() ?? 0, current - passed * Self.glide)
        return current
    }
}
