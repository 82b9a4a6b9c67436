import CKernels
import TestSupport
import Testing

@testable import Encode

@Suite struct HeatTimelineTests {
    let width = 12
    let height = 9
    var count: Int { width * height }

    /// A fixed pattern: hot in one corner, zero in the opposite one.
    func pattern(_ scale: Float = 1) -> [Float] {
        (0..<count).map { scale * Float($0 % width) * Float($0 / width) }
    }

    func times(_ first: Int, _ length: Int) -> [Double] { (first..<first + length).map { Double($0) / 25 } }

    func timeline(stride: Int, sigma: Double = 0) -> HeatTimeline {
        HeatTimeline(
            width: width, height: height, stride: stride, smoothing: HeatSmoothing(spatialSigma: sigma))
    }

    /// Adds a window whose sample k is `map(k)`.
    func add(_ timeline: HeatTimeline, first: Int, length: Int, padded: Int = 0, map: (Int) -> [Float]) {
        let values = (first..<first + length).flatMap(map)
        timeline.add(values.span, firstSample: first, times: times(first, length), paddedCount: padded)
    }

    @Test("The same map everywhere gives the same heat everywhere", arguments: [4, 8, 16], [0.0, 1.5])
    func constantStaysConstant(_ stride: Int, _ sigma: Double) {
        let timeline = timeline(stride: stride, sigma: sigma)
        for first in Swift.stride(from: 0, to: 64, by: stride) {
            add(timeline, first: first, length: 16) { _ in pattern() }
        }
        timeline.finish()
        let reference = timeline.heat(at: 0)
        #expect(reference?.values.max() == 255)
        for step in 0..<150 {
            let heat = timeline.heat(at: Double(step) / 60)
            for (a, b) in zip(heat?.values ?? [], reference?.values ?? []) { #expect(abs(Int(a) - Int(b)) <= 1) }
            #expect(heat != nil)
        }
    }

    @Test("Windows of different ranges do not cause a jump", arguments: [4, 8])
    func rangesDoNotJump(_ stride: Int) {
        let timeline = timeline(stride: stride)
        for (index, first) in Swift.stride(from: 0, to: 80, by: stride).enumerated() {
            // Windows alternate between strong and ten times weaker.
            add(timeline, first: first, length: 16) { _ in pattern(index % 2 == 0 ? 1 : 0.1) }
        }
        timeline.finish()
        var last: HeatPlane?
        for sample in 0..<80 {
            let heat = timeline.heat(at: Double(sample) / 25)
            for (a, b) in zip(heat?.values ?? [], last?.values ?? heat?.values ?? []) {
                // A Hann fade over 16 samples is steepest at pi/16 a sample; the windows' contrast is 0.9, the running
                // range stays above 0.43 (its fixed points are 0.66 and 0.44): 0.196 · 0.9 / 0.5 of 255. Without the
                // fade it would jump by 217.
                #expect(abs(Int(a) - Int(b)) <= 90)
            }
            last = heat
        }
    }

    @Test("The alternation of even and odd frames is removed", arguments: [8, 16])
    func alternationIsRemoved(_ stride: Int) {
        let timeline = timeline(stride: stride)
        for first in Swift.stride(from: 0, to: 64, by: stride) {
            add(timeline, first: first, length: 16) { pattern($0 % 2 == 0 ? 1 : 0.3) }
        }
        timeline.finish()
        var sums: [Int] = []
        for sample in 0..<64 {
            sums.append(timeline.heat(at: Double(sample) / 25)?.values.reduce(0) { $0 + Int($1) } ?? 0)
        }
        let mean = Double(sums.reduce(0, +)) / Double(sums.count)
        let alternation = sums.enumerated().reduce(0.0) { $0 + ($1.offset % 2 == 0 ? 1 : -1) * Double($1.element) }
        // Less than 1 % is left of the alternation of 54 %.
        #expect(abs(alternation) / Double(sums.count) / mean < 0.0054)
        for sum in sums { #expect(abs(Double(sum) - mean) / mean < 0.01) }
    }

    @Test func unexplainedTimesAreNil() {
        let timeline = timeline(stride: 8)
        add(timeline, first: 10, length: 8) { _ in pattern() }
        add(timeline, first: 40, length: 8) { _ in pattern() }
        timeline.finish()
        #expect(timeline.heat(at: 9.0 / 25) == nil)
        #expect(timeline.heat(at: 10.0 / 25) != nil)
        // The last sample covers one interval.
        #expect(timeline.heat(at: 17.9 / 25) != nil)
        #expect(timeline.heat(at: 18.5 / 25) == nil)
        #expect(timeline.heat(at: 39.5 / 25) == nil)
        #expect(timeline.heat(at: 40.0 / 25) != nil)
    }

    @Test func paddingIsNotDrawn() {
        let timeline = timeline(stride: 8)
        add(timeline, first: 0, length: 16, padded: 13) { $0 < 3 ? pattern() : pattern(100) }
        timeline.finish()
        #expect(timeline.heat(at: 0)?.values.max() == 255)
        #expect(timeline.heat(at: 2.5 / 25) != nil)
        #expect(timeline.heat(at: 4.0 / 25) == nil)
    }

    @Test func finalHeatDoesNotChange() {
        // Heat before `finalizedUpTo` equals that after the whole video.
        var generator = SeededGenerator(seed: 5)
        let windows = (0..<6).map { _ in (0..<16 * count).map { _ in Float.random(in: 0...1, using: &generator) } }
        func run(asking: Bool) -> [HeatPlane?] {
            let timeline = timeline(stride: 8)
            var planes: [HeatPlane?] = []
            var frame = 0
            for (index, window) in windows.enumerated() {
                timeline.add(window.span, firstSample: 8 * index, times: times(8 * index, 16))
                while asking, Double(frame) / 30 < timeline.finalizedUpTo {
                    planes.append(timeline.heat(at: Double(frame) / 30))
                    frame += 1
                }
                if asking, index > 0 { #expect(frame > 0) }
            }
            timeline.finish()
            while Double(frame) / 30 <= 55.0 / 25 {
                planes.append(timeline.heat(at: Double(frame) / 30))
                frame += 1
            }
            return planes
        }
        let streamed = run(asking: true)
        #expect(streamed == run(asking: false))
        #expect(streamed == run(asking: true))
        #expect(streamed.allSatisfy { $0 != nil })
    }

    @Test("Memory does not grow with the length of the video", arguments: [1, 4, 16])
    func memoryIsBounded(_ stride: Int) {
        let timeline = timeline(stride: stride)
        var frame = 0
        for first in Swift.stride(from: 0, to: 400, by: stride) {
            add(timeline, first: first, length: 16) { _ in pattern() }
            while Double(frame) / 25 < timeline.finalizedUpTo {
                #expect(timeline.heat(at: Double(frame) / 25) != nil)
                frame += 1
            }
            // A window, and the samples of the window before that the low-pass filter (2 samples on each side) and the
            // interpolation still need.
            #expect(timeline.heldCount <= 16 + stride + 6)
        }
        #expect(frame > 350)
    }

    /// A still image that lasts minutes: no frame needs the heat between its first and its last sample.
    @Test(
        "Samples that no frame needs are not kept, and do not change the others",
        arguments: [1, 4, 16])
    func unneededSamples(_ stride: Int) {
        let last = 400
        func run(knowing: Bool) -> [HeatPlane?] {
            let timeline = timeline(stride: stride)
            let maps = pattern()
            let values = (0..<16).flatMap { _ in maps }
            var first = true
            for start in Swift.stride(from: 0, through: last, by: stride) {
                let times = (start..<start + 16).map { Double($0) / 25 }
                timeline.add(
                    values.span, firstSample: start, times: times,
                    neededFrom: knowing ? Double(last) / 25 : -.infinity, repeatsLast: knowing && !first)
                first = false
                if knowing { #expect(timeline.heldCount <= 16 + stride + 6) }
            }
            timeline.finish()
            return [timeline.heat(at: Double(last) / 25), timeline.heat(at: (Double(last) + 2.5) / 25)]
        }
        let planes = run(knowing: true)
        #expect(planes == run(knowing: false))
        #expect(planes.allSatisfy { $0 != nil })
    }

    @Test func mapsWithoutContrastAreCold() {
        let timeline = timeline(stride: 16)
        add(timeline, first: 0, length: 16) { _ in [Float](repeating: 0, count: count) }
        add(timeline, first: 16, length: 16) { _ in pattern() }
        timeline.finish()
        #expect(timeline.heat(at: 0)?.values.max() == 0)
        #expect(timeline.heat(at: 24.0 / 25)?.values.max() == 255)
    }

    @Test func damagedValuesAreCold() {
        let timeline = timeline(stride: 16, sigma: 0)
        add(timeline, first: 0, length: 16) { _ in
            var map = pattern()
            map[0] = .nan
            map[1] = .infinity
            return map
        }
        timeline.finish()
        #expect(timeline.heat(at: 0.2)?.values[0] == 0)
        #expect(timeline.heat(at: 0.2)?.values.max() == 255)
    }

    /// -1 on the left, 0 in the middle column, 1 on the right, steeper upwards.
    private func ramp(_ scale: Float = 1) -> [Float] {
        (0..<count).map { place -> Float in
            let (x, y) = (Float(place % width), Float(place / width))
            return scale * (x - 6) * (1 + y)
        }
    }

    @Test("Signs are kept, 0 stays 0, and both sides have one scale", arguments: [4, 16], [0.0, 1.5])
    func signs(_ stride: Int, _ sigma: Double) {
        let timeline = HeatTimeline(
            width: width, height: height, stride: stride, sign: .signed, smoothing: HeatSmoothing(spatialSigma: sigma))
        let opposite = HeatTimeline(
            width: width, height: height, stride: stride, sign: .signed, smoothing: HeatSmoothing(spatialSigma: sigma))
        for first in Swift.stride(from: 0, to: 48, by: stride) {
            add(timeline, first: first, length: 16) { _ in ramp() }
            add(opposite, first: first, length: 16) { _ in ramp(-1) }
        }
        timeline.finish()
        opposite.finish()
        for step in 0..<40 {
            let (heat, other) = (timeline.heat(at: Double(step) / 30), opposite.heat(at: Double(step) / 30))
            // With reflection at the edges, the smoothed ramp is 0 in the same column.
            if sigma == 0 { #expect(heat?.values[6] == 128) }
            #expect(heat?.values.min() == 1)
            let sums = zip(heat?.values ?? [], other?.values ?? []).map { pair -> Int in Int(pair.0) + Int(pair.1) }
            #expect(sums == [Int](repeating: 256, count: count))
        }
    }

    @Test("Windows with opposite signs cancel each other")
    func signsCancel() {
        let timeline = HeatTimeline(
            width: width, height: height, stride: 8, sign: .signed, smoothing: HeatSmoothing(spatialSigma: 0))
        for (index, first) in [0, 8, 16].enumerated() {
            add(timeline, first: first, length: 16) { _ in ramp(index % 2 == 0 ? 1 : -1) }
        }
        timeline.finish()
        // First a frame in only one window; halfway between the centres of two windows their weights are equal.
        let alone = timeline.heat(at: 0)?.values ?? []
        #expect(alone.min() == 1)
        let between = timeline.heat(at: 11.5 / 25)?.values ?? []
        #expect(between.allSatisfy { abs(Int($0) - 128) <= 1 } && !between.isEmpty)
    }

    @Test func damagedValuesHaveNoSign() {
        let timeline = HeatTimeline(
            width: width, height: height, stride: 16, sign: .signed, smoothing: HeatSmoothing(spatialSigma: 0))
        add(timeline, first: 0, length: 16) { _ in
            var map = ramp()
            map[0] = .nan
            return map
        }
        timeline.finish()
        #expect(timeline.heat(at: 0.2)?.values[0] == 128)
        #expect(timeline.heat(at: 0.2)?.values.min() == 1)
    }

    @Test("The percentile equals that of the sorted values", arguments: [1, 2, 7, 100, 4097])
    func percentileIsExact(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { index in
            Float.random(in: 0...1, using: &generator) * (index % 5 == 0 ? 1e-6 : 100)
        }
        for fraction in [0, 0.5, 0.99, 1] {
            var low: Float = -1
            var high: Float = -1
            saliency_heat_percentile(values, count, fraction, &low, &high)
            #expect(low == values.min())
            #expect(high == values.sorted()[Int(fraction * Double(count - 1))])
        }
    }
}
