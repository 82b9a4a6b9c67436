import Media

/// At which moments a source's frames become samples of a clip.
public enum FrameRate: Sendable, Hashable {
    /// Every frame once.
    case native
    /// Sample k lies at k / rate seconds and shows the last frame not later than that.
    case framesPerSecond(Double)
}

/// Decides how many samples fall on a frame, by time stamp and never by count, so that variable rates come out right.
struct SampleClock: Sendable {
    let rate: FrameRate
    /// The time of sample 0, in seconds since the source's first frame.
    let start: Double
    /// How much later than a sample a frame may be and still be shown by it, in seconds: time stamps are rounded to
    /// ticks, the first frame's too.
    private let tolerance: Double
    /// The number of the next sample.
    private(set) var nextSample = 0

    /// Rates above this are refused.
    static let highestRate = 1000.0

    init(rate: FrameRate, start: Double, timeBase: Rational) {
        self.rate = rate
        self.start = start
        tolerance = min(max(timeBase.value, 0), 0.001) + 1e-9
    }

    /// Whether a frame at `time` is not before sample 0.
    func hasBegun(at time: Double) -> Bool {
        time + tolerance >= start
    }

    /// The time of sample `index` in seconds since the source's first frame; not for the native rate.
    func time(of index: Int, rate: Double) -> Double {
        start + Double(index) / rate
    }

    /// The samples that show a frame which is followed by another at `end` seconds; they count as taken.
    mutating func samples(until end: Double, rate: Double) -> Range<Int> {
        let first = nextSample
        while time(of: nextSample, rate: rate) + tolerance < end { nextSample += 1 }
        return first..<nextSample
    }

    /// The samples that show the last frame, from `begin` to `end` seconds: at least one if it would be the only one.
    mutating func lastSamples(from begin: Double, until end: Double, rate: Double) -> Range<Int> {
        let samples = samples(until: end, rate: rate)
        guard samples.isEmpty, samples.lowerBound == 0, hasBegun(at: begin) else { return samples }
        nextSample = 1
        return 0..<1
    }
}
