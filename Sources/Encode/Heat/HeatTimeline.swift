import CKernels
import Glibc

/// Combines the saliency of overlapping windows into continuous heat for every time of a video.
///
/// - Each map is smoothed lightly in space.
/// - Overlapping windows are cross-faded: each sample is the mean of its windows, weighted by the Hann window, so that
///   a window's unreliable ends have little weight where another window covers them, and full weight at the ends of the
///   video.
/// - A binomial low-pass over samples (`TemporalLowPass`) removes the even/odd alternation of a network whose first layer has stride 2.
/// - Heat 0 and 1 are the running minimum and percentile, smoothed over windows and cross-faded like the maps. For
///   signed maps, which are summed with their signs, no heat is 0 and full heat of either sign is the percentile of
///   magnitudes.
/// - Between samples heat is interpolated linearly, but not across a gap.
///
/// Windows must be added in order. Heat before `finalizedUpTo` no longer changes. Maps are kept from the last requested
/// or required time on: about a window's length and a stride if the caller requests heat as soon as it is final. Not
/// thread-safe.
public final class HeatTimeline {
    /// The number of maps held.
    var heldCount: Int { samples.count }

    /// Size of every map in clip pixels.
    public let width: Int
    public let height: Int
    /// Heat at times before this, in seconds since the source's first frame, is final.
    public private(set) var finalizedUpTo = -Double.infinity

    private let stride: Int
    private let sign: HeatSign
    private let smoothing: HeatSmoothing
    private let spatialWeights: [Float]
    private var range = HeatRange()
    /// In order of time: runs of consecutive numbers with gaps between them.
    private var samples: [HeatSample] = []
    /// Finished maps `[height, width]`, heat 0…1 before clipping, of the samples requested last.
    private var finished: [Int: [Float]] = [:]
    private var scratch: [Float]
    /// The last window's spatially smoothed maps and their range, reused if the next window repeats it.
    private var lastMaps: [Float] = []
    private var lastRange: HeatRange.Bounds?
    /// Samples before this number were dropped.
    private var firstKept = Int.min

    /// - Parameters:
    ///   - stride: the minimum number of samples from one window's start to the next.
    ///   - sign: whether the maps are signed.
    public init(
        width: Int, height: Int, stride: Int, sign: HeatSign = .absolute, smoothing: HeatSmoothing = HeatSmoothing()
    ) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        self.stride = max(stride, 1)
        self.sign = sign
        self.smoothing = smoothing
        spatialWeights = smoothing.spatialWeights(limit: min(width, height))
        scratch = [Float](repeating: 0, count: width * height)
    }

    /// Adds the next window.
    ///
    /// - Parameters:
    ///   - saliency: Σ|g| over channels, or Σg for signed maps, `[T, height, width]`, un-normalised.
    ///   - firstSample: the number of the window's first sample; later than the previous window's.
    ///   - times: the time of each of the T samples, in seconds since the source's first frame.
    ///   - paddedCount: the number of samples at the end that only repeat the last real one; they are not drawn.
    ///   - neededFrom: no heat before this time will be requested, in seconds since the source's first frame.
    ///   - repeatsLast: whether the values equal those of the previous window.
    ///   - nextWindow: the first sample at which the next window may begin, if not a stride after this one.
    public func add(
        _ saliency: Span<Float>, firstSample: Int, times: [Double], paddedCount: Int = 0,
        neededFrom: Double = -.infinity, repeatsLast: Bool = false, nextWindow: Int? = nil
    ) {
        let count = width * height
        precondition(saliency.count == times.count * count)
        let realCount = max(times.count - max(paddedCount, 0), 0)
        guard realCount > 0 else { return }
        if !repeatsLast || lastMaps.count != realCount * count {
            lastMaps = saliency.withUnsafeBufferPointer { Array($0[..<(realCount * count)]) }
            smoothInSpace(&lastMaps)
            lastRange = rangeOf(lastMaps, count: realCount)
        }
        if let lastRange { range.add(lastRange, adaptation: Float(smoothing.adaptation)) }
        if let place = times[..<realCount].lastIndex(where: { $0 <= neededFrom }) {
            dropSamples(beforeNumber: firstSample + place - TemporalLowPass.reach)
        }
        for index in 0..<realCount where firstSample + index >= firstKept {
            let weight = hann(index, of: times.count)
            let place = sampleIndex(number: firstSample + index, time: times[index])
            lastMaps.withUnsafeBufferPointer { maps in
                guard let base = maps.baseAddress else { return }
                saliency_heat_accumulate(&samples[place].map, base + index * count, weight, count)
            }
            samples[place].weight += weight
            samples[place].low += weight * range.low
            samples[place].high += weight * range.high
        }
        finished.removeAll(keepingCapacity: true)
        advance(nextWindow: nextWindow ?? firstSample + stride)
    }

    /// Signals that no window follows, which makes all heat final.
    public func finish() {
        finalizedUpTo = .infinity
    }

    /// The heat at a time; nil if no window explains it.
    ///
    /// Times must not decrease from call to call, because maps before the requested time are dropped.
    ///
    /// - Parameter time: seconds since the source's first frame.
    public func heat(at time: Double) -> HeatPlane? {
        guard let place = samples.lastIndex(where: { $0.time <= time }) else { return nil }
        defer { dropSamples(before: place) }
        let sample = samples[place]
        let count = width * height
        let isFollowed = place + 1 < samples.count && samples[place + 1].number == sample.number + 1
        if !isFollowed, time - sample.time > spacing(at: place) * 1.001 { return nil }
        let next = isFollowed ? samples[place + 1] : sample
        let interval = next.time - sample.time
        let position = interval > 0 ? Float((time - sample.time) / interval) : 0
        let first = finishedMap(place)
        let second = isFollowed && position > 0 ? finishedMap(place + 1) : first
        let values = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            sign.render(buffer.baseAddress, first, second, position, count)
            initialized = count
        }
        return HeatPlane(width: width, height: height, values: values)
    }

    private func smoothInSpace(_ maps: inout [Float]) {
        guard spatialWeights.count > 1 else { return }
        let count = width * height
        maps.withUnsafeMutableBufferPointer { maps in
            guard let base = maps.baseAddress else { return }
            for start in Swift.stride(from: 0, to: maps.count, by: count) {
                saliency_heat_blur(
                    base + start, &scratch, height, width, spatialWeights, spatialWeights.count - 1)
            }
        }
    }

    /// The range of a window's maps after the temporal low-pass, with which they are drawn.
    private func rangeOf(_ maps: [Float], count: Int) -> HeatRange.Bounds {
        let size = width * height
        var steady = [Float](repeating: 0, count: maps.count)
        maps.withUnsafeBufferPointer { maps in
            steady.withUnsafeMutableBufferPointer { steady in
                guard let source = maps.baseAddress, let target = steady.baseAddress else { return }
                for index in 0..<count {
                    let taps = TemporalLowPass.taps(index, in: 0..<count)
                    saliency_heat_combine(
                        target + index * size, taps.map { source + $0.index * size }, taps.map(\.weight), taps.count,
                        size)
                }
            }
        }
        return HeatRange.Bounds(of: &steady, sign: sign, smoothing)
    }

    private func finishedMap(_ place: Int) -> [Float] {
        let number = samples[place].number
        if let map = finished[number] { return map }
        let taps = TemporalLowPass.taps(place, in: run(around: place))
        var map = [Float](repeating: 0, count: width * height)
        var low: Float = 0
        var high: Float = 0
        for tap in taps {
            let sample = samples[tap.index]
            let weight = tap.weight / sample.weight
            saliency_heat_accumulate(&map, sample.map, weight, map.count)
            low += weight * sample.low
            high += weight * sample.high
        }
        saliency_heat_scale(&map, low, high > low ? 1 / (high - low) : 0, map.count)
        finished[number] = map
        return map
    }

    /// The consecutive samples around one, as far as the low-pass reaches.
    private func run(around place: Int) -> Range<Int> {
        let reach = TemporalLowPass.reach
        var lower = place
        var upper = place
        while lower > 0, place - lower < reach, samples[lower - 1].number == samples[lower].number - 1 { lower -= 1 }
        while upper + 1 < samples.count, upper - place < reach,
            samples[upper + 1].number == samples[upper].number + 1
        {
            upper += 1
        }
        return lower..<(upper + 1)
    }

    /// The duration in seconds of the last sample of a run: that of the previous one.
    private func spacing(at place: Int) -> Double {
        guard place > 0, samples[place - 1].number == samples[place].number - 1 else { return .infinity }
        return samples[place].time - samples[place - 1].time
    }

    /// The index of a sample in `samples`; inserts it if no earlier window covers it.
    private func sampleIndex(number: Int, time: Double) -> Int {
        var place = samples.count
        while place > 0, samples[place - 1].number > number { place -= 1 }
        if place > 0, samples[place - 1].number == number { return place - 1 }
        let map = [Float](repeating: 0, count: width * height)
        samples.insert(HeatSample(number: number, time: time, map: map), at: place)
        return place
    }

    /// A sample is final if no later window covers it or a sample within the low-pass's reach of it; a time is final if
    /// both neighbouring samples are.
    private func advance(nextWindow: Int) {
        let lastFinal = nextWindow - 1 - TemporalLowPass.reach
        if let sample = samples.last(where: { $0.number <= lastFinal }) {
            finalizedUpTo = max(finalizedUpTo, sample.time)
        }
    }

    /// Drops the samples that neither the low-pass nor the interpolation at `place` or later needs.
    private func dropSamples(before place: Int) {
        let reach = TemporalLowPass.reach
        let dropped = max(place - reach, 0)
        guard dropped > 0 else { return }
        for sample in samples[..<dropped] { finished[sample.number] = nil }
        firstKept = samples[dropped].number
        samples.removeSubrange(..<dropped)
    }

    private func dropSamples(beforeNumber number: Int) {
        guard number > firstKept else { return }
        firstKept = number
        let dropped = samples.firstIndex { $0.number >= number } ?? samples.count
        for sample in samples[..<dropped] { finished[sample.number] = nil }
        samples.removeSubrange(..<dropped)
    }
}

/// The Hann window at the centre of step `index` of `count`: positive everywhere, small at both ends.
private func hann(_ index: Int, of count: Int) -> Float {
    let sine = sin(Double.pi * (Double(index) + 0.5) / Double(count))
    return Float(sine * sine)
}

/// The accumulated saliency of one sample: sums over the windows that cover it, with their Hann weights.
struct HeatSample {
    /// The sample's number in its source; neighbours in a run differ by 1.
    let number: Int
    /// Seconds since the source's first frame.
    let time: Double
    /// Σ weight · map, `[height, width]`.
    var map: [Float]
    /// Σ weight.
    var weight: Float = 0
    /// Σ weight · running range: the values drawn as heat 0 and 1.
    var low: Float = 0
    var high: Float = 0
}
