import Media

/// The times at which a source's frames are sampled for a clip.
public enum FrameRate: Sendable, Hashable {
    /// Every frame is one sample.
    case native
    /// Sample k lies at k / rate seconds and shows the last frame not later than that.
    case framesPerSecond(Double)
}

/// Determines how many samples show a frame, by time stamps and never by counting frames, so that variable frame rates
/// are handled correctly.
struct SampleClock: Sendable {
    let rate: FrameRate
    /// The time of sample 0, in seconds since the source's first frame.
    let start: Double
    /// The seconds by which a frame may be later than the sample that shows it: time stamps are rounded to ticks,
    /// including the first frame's.
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

    /// The samples that show the frame before the one at `end` seconds; `nextSample` advances past them.
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
