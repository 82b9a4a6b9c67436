/// Decides how many samples fall on a picture, by time stamp and never by count, so that variable rates come out right.
struct SampleClock: Sendable {
    let rate: FrameRate
    /// How much later than a sample a picture may be and still be shown by it, in seconds: time stamps are rounded to
    /// ticks, the first picture's too.
    private let tolerance: Double
    /// The number of the next sample.
    private(set) var nextSample = 0

    /// Rates above this are refused.
    static let highestRate = 1000.0

    init(rate: FrameRate, timeBase: Rational) {
        self.rate = rate
        tolerance = min(max(timeBase.value, 0), 0.001) + 1e-9
    }

    /// The samples that show a picture which is followed by another at `end` seconds; they count as taken.
    mutating func samples(until end: Double) -> Range<Int> {
        let first = nextSample
        switch rate {
        case .native: nextSample += 1
        case .framesPerSecond(let rate):
            while Double(nextSample) / rate + tolerance < end { nextSample += 1 }
        }
        return first..<nextSample
    }

    /// The samples that show the last picture, which ends at `end` seconds: at least one if it would be the only one.
    mutating func lastSamples(until end: Double) -> Range<Int> {
        let samples = samples(until: end)
        guard samples.isEmpty && samples.lowerBound == 0 else { return samples }
        nextSample = 1
        return 0..<1
    }
}
