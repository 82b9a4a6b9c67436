import Media
import TestSupport
import Testing

@testable import Decode

struct PresentationClockTests {
    private func clock(_ maximumGap: Double = 600) -> PresentationClock {
        PresentationClock(timeBase: Rational(1, 1000), frameRate: Rational(25, 1), maximumGap: maximumGap)
    }

    private func stamps(_ raw: [Int64?]) -> (pts: [Int64], repairs: Int) {
        var clock = clock()
        let pts = raw.map { clock.stamp(raw: $0, duration: 40).pts }
        return (pts, clock.repairs)
    }

    @Test func validStampsAreKept() {
        #expect(stamps([500, 540, 580, 10_000, 10_001]) == ([500, 540, 580, 10_000, 10_001], 0))
        #expect(stamps([-80, -40, 0, 40]) == ([-80, -40, 0, 40], 0))
    }

    @Test func timesCountFromTheFirst() {
        var clock = clock()
        _ = clock.stamp(raw: 500, duration: 40)
        #expect(clock.stamp(raw: 540, duration: 40).time == 0.04)
    }

    @Test func missingStampsAreFilledIn() {
        #expect(stamps([nil, nil, nil]) == ([0, 40, 80], 0))
        #expect(stamps([100, nil, 180, nil]) == ([100, 140, 180, 220], 0))
    }

    @Test func smallSlipsAreCorrectedByATick() {
        #expect(stamps([100, 100, 140, 120, 180]) == ([100, 101, 140, 141, 180], 2))
    }

    @Test func jumpsStartANewClock() {
        // Back to zero after ten seconds: the frames after the jump continue at the frame rate.
        #expect(stamps([10_000, 10_040, 0, 40, 80]) == ([10_000, 10_040, 10_080, 10_120, 10_160], 3 - 2))
        // Forward by an hour.
        #expect(stamps([0, 40, 3_600_000, 3_600_040]) == ([0, 40, 80, 120], 1))
    }

    @Test(arguments: 0..<200)
    func alwaysIncreasing(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var clock = clock(Double.random(in: 0...1000, using: &random))
        let extremes: [Int64?] = [nil, .min, .max, 0, 1, -1, 1 << 59, -(1 << 59), 1 << 60, 1 << 62]
        var last: Int64?
        for _ in 0..<200 {
            let raw =
                Bool.random(using: &random)
                ? extremes.randomElement(using: &random) ?? nil : Int64.random(in: -10_000...10_000, using: &random)
            let duration: Int64 = [0, 40, -1, .max, .min, 1 << 50].randomElement(using: &random) ?? 0
            let stamp = clock.stamp(raw: raw, duration: duration)
            if let last { #expect(stamp.pts > last) }
            #expect(stamp.time >= 0 && stamp.duration >= 0)
            last = stamp.pts
        }
    }
}
