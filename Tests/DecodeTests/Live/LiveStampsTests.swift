import Media
import TestSupport
import Testing

@testable import Decode

/// Streams whose time stamps are sometimes or always wrong: 25 frames a second, in milliseconds.
struct LiveStampsTests {
    private let start = ContinuousClock.now

    private func stamps(arrivals: Bool = false, bits: Int = 64) -> LiveStamps {
        LiveStamps(
            timeBase: Rational(1, 1000), usesArrivals: arrivals, frameRate: Rational(25, 1), maximumGap: 1,
            longestGap: 60, stampBits: bits)
    }

    /// All frames of a stream that arrive evenly, or at the times `arrivals`, in milliseconds.
    private func place(
        _ raws: [Int64?], arrivals: [Int]? = nil, in stamps: LiveStamps? = nil
    ) -> (times: [Int], gaps: [Int], repairs: Int) {
        var stamps = stamps ?? self.stamps()
        var placed: [LiveStamps.Placed] = []
        for (index, raw) in raws.enumerated() {
            let arrival = start.advanced(by: .milliseconds(arrivals?[index] ?? index * 40))
            placed += stamps.add(LiveStamps.Arrived(raw: raw, duration: 0, arrival: arrival))
        }
        placed += stamps.flush()
        #expect(placed.count == raws.count)
        #expect(zip(placed, placed.dropFirst()).allSatisfy { $0.stamp.pts < $1.stamp.pts })
        return (
            placed.map { Int(($0.stamp.time * 1000).rounded()) },
            placed.indices.filter { placed[$0].followsGap }, stamps.repairs
        )
    }

    private func even(_ count: Int) -> [Int] { (0..<count).map { $0 * 40 } }

    /// The time stamp of one frame in 31 is hours ahead or behind, or half a second or a frame off.
    @Test(arguments: [30_000_000, -9_800_000, 500, -500, 41, -41, -40] as [Int64])
    func singleWrongStampIsIgnored(error: Int64) {
        let raws = (0..<300).map { Int64($0 * 40) + ($0 % 31 == 30 ? error : 0) }
        let (times, gaps, repairs) = place(raws)
        #expect(gaps == [] && repairs == 9)
        #expect(zip(times, even(300)).allSatisfy { abs($0 - $1) <= 41 })
    }

    @Test func twoConsistentStampsAreANewClock() {
        let raws = (0..<50).map { Int64($0 * 40) + ($0 >= 25 ? 3_600_000 : 0) }
        let (times, gaps, _) = place(raws)
        #expect(gaps == [25] && times == even(50))
        let back = place(raws.map { -$0 })
        // Time stamps that run backwards are not a new clock.
        // The last one remains uncertain to the end.
        #expect(back.times == even(50) && back.gaps == [49])
    }

    @Test func clockSetBackSlightlyIsNotAGap() {
        let (times, gaps, _) = place((0..<50).map { Int64($0 * 40) - ($0 >= 25 ? 100 : 0) })
        #expect(gaps == [] && times == even(50))
    }

    /// Time stamps that are all equal, then right, then all equal again.
    @Test func arrivalsReplaceConstantStamps() {
        let raws = (0..<300).map { index in Int64((100..<200).contains(index) ? index * 40 + 90_000 : 7000) }
        let (times, gaps, repairs) = place(raws)
        // The last one remains uncertain to the end.
        #expect(gaps == [100, 299] && repairs >= 198)
        #expect(zip(times, even(300)).allSatisfy { abs($0 - $1) <= 80 })
    }

    @Test func everySecondStampRepeated() {
        let (times, gaps, _) = place((0..<100).map { Int64($0 / 2 * 80) })
        #expect(gaps == [] && times == even(100))
    }

    @Test func swappedFrames() {
        let order: [Int64] = [0, 2, 1, 3]
        let raws: [Int64] = (0..<100).map { index in (order[index % 4] + Int64(index / 4) * 4) * 40 }
        let (times, gaps, _) = place(raws)
        #expect(gaps == [])
        #expect(zip(times, even(100)).allSatisfy { abs($0 - $1) <= 40 })
    }

    @Test func missingFramesAreAGap() {
        // With a pause of the same length, and without one, as for a list of segments of which one is missing.
        let raws = (0..<50).map { Int64($0 * 40) + ($0 >= 25 ? 5000 : 0) }
        let silent = place(raws, arrivals: raws.map(Int.init))
        #expect(silent.gaps == [25] && silent.times == raws.map(Int.init))
        let atOnce = place(raws, arrivals: raws.map { _ in 0 })
        #expect(atOnce.gaps == [25] && atOnce.times == raws.map(Int.init) && atOnce.repairs == 0)
    }

    /// A camera that sends frames when something moves, evenly or in bursts.
    @Test func unevenStampsAreKept() {
        var random = SeededGenerator(seed: 7)
        var raws: [Int64] = [0]
        for _ in 0..<500 { raws.append((raws.last ?? 0) + Int64.random(in: 1...900, using: &random)) }
        for arrivals in [raws.map(Int.init), raws.map { Int($0 / 3000 * 3000) }] {
            let (times, gaps, repairs) = place(raws, arrivals: arrivals)
            #expect(times == raws.map(Int.init) && gaps == [] && repairs == 0)
        }
    }

    @Test func skippedFramesDoNotChangeStampsOfKeyFrames() {
        let raws = [0, 40, 80] + (1...20).map { Int64($0 * 2500) }
        let (times, gaps, repairs) = place(raws, arrivals: raws.indices.map { $0 * 5 })
        #expect(times == raws.map(Int.init) && repairs == 0)
        #expect(gaps == Array(3..<23))
    }

    @Test func wrappedStampsContinue() {
        let raws = (0..<100).map { Int64($0 * 40 + 130_000) % (1 << 17) }
        let (times, gaps, repairs) = place(raws, in: stamps(bits: 17))
        #expect(times == even(100) && gaps == [] && repairs == 0)
    }

    @Test func arrivalsAreUsedOnRequest() {
        var stamps = stamps(arrivals: true)
        #expect(stamps.timeBase == Rational(1, 1_000_000))
        let arrivals = [0, 45, 45, 130, 1500]
        let placed = arrivals.enumerated().flatMap { index, arrival in
            stamps.add(
                LiveStamps.Arrived(
                    raw: 5_000_000 + Int64(index), duration: 0, arrival: start.advanced(by: .milliseconds(arrival))))
        }
        #expect(placed.map { Int(($0.stamp.time * 1000).rounded()) } == arrivals)
        #expect(placed.map(\.followsGap) == [false, false, false, false, true])
        #expect(placed.allSatisfy { $0.sourceTime == nil })
        // Sound, which keeps its own time stamps, is shifted to the frames' times.
        #expect(abs(stamps.shift - (1.5 - 5000)) < 0.01)
    }

    @Test func uncertainFrameIsDelayedByOneFrameOnly() {
        var stamps = stamps()
        func add(_ raw: Int64, at milliseconds: Int) -> [Int64] {
            stamps.add(
                LiveStamps.Arrived(
                    raw: raw, duration: 0, arrival: start.advanced(by: .milliseconds(milliseconds)))
            ).map(\.stamp.pts)
        }
        #expect(add(0, at: 0) == [0])
        #expect(add(90_000, at: 40) == [])
        #expect(add(80, at: 80) == [40, 80])
        #expect(add(70_000, at: 120) == [])
        #expect(stamps.flush().map(\.followsGap) == [true])
    }

    @Test(arguments: 0..<100)
    func alwaysIncreasing(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let extremes: [Int64?] = [nil, .min, .max, 0, 1, -1, 1 << 59, -(1 << 59), 1 << 60, 1 << 62]
        let raws = (0..<200).map { _ in
            Bool.random(using: &random)
                ? extremes.randomElement(using: &random) ?? nil : Int64.random(in: -10_000...10_000, using: &random)
        }
        _ = place(raws, arrivals: raws.indices.map { _ in Int.random(in: 0...100_000, using: &random) }.sorted())
    }
}
