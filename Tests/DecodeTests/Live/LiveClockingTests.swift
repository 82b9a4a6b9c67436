import Media
import Testing

@testable import Decode

/// Time stamps of live streams.
struct LiveClockingTests {
    private func clock(bits: Int = 64, slip: Double = 0.12) -> PresentationClock {
        PresentationClock(
            timeBase: Rational(1, 1000), frameRate: Rational(25, 1), maximumGap: 60, maximumSlip: slip, stampBits: bits)
    }

    @Test func gapOfAJumpIsItsArrivalTime() {
        var clock = clock()
        _ = clock.stamp(raw: 10_000, duration: 40)
        let jumped = clock.stamp(raw: 500, duration: 40, elapsed: 3)
        #expect(jumped.time == 3 && jumped.followsJump)
        let next = clock.stamp(raw: 540, duration: 40, elapsed: 0.04)
        #expect(next.pts == 13_040 && !next.followsJump)
        #expect(clock.offset == 12_500)
    }

    @Test func gapOfAJumpIsBounded() {
        var clock = clock()
        _ = clock.stamp(raw: 10_000, duration: 40)
        #expect(clock.stamp(raw: 500, duration: 40, elapsed: 1e9).time == 60)
    }

    @Test func wrappedStampsContinue() {
        var clock = clock(bits: 17)
        // A period has 131072 time stamps; there are two periods.
        let raw: [Int64] = [131_050, 18, 58, 50_000, 100_000, 131_060, 28, 68]
        let stamps = raw.map { clock.stamp(raw: $0, duration: 40) }
        #expect(
            stamps.map(\.pts) == [131_050, 131_090, 131_130, 181_072, 231_072, 262_132, 262_172, 262_212])
        #expect(stamps.map(\.followsJump) == stamps.map { _ in false })
        #expect(clock.repairs == 0)
    }

    @Test func smallSlipsAreCorrectedByATick() {
        var clock = clock()
        let stamps = [0, 40, 20, 80, 120].map { clock.stamp(raw: $0, duration: 40) }
        #expect(stamps.map(\.pts) == [0, 40, 41, 80, 120])
        #expect(stamps.map(\.followsJump) == stamps.map { _ in false })
    }

    @Test func discontinuityContinuesAtTheFrameRate() {
        var clock = clock()
        _ = clock.stamp(raw: 0, duration: 40)
        clock.markDiscontinuity()
        let stamp = clock.stamp(raw: 5000, duration: 40)
        #expect(stamp.pts == 40 && stamp.followsJump)
        #expect(clock.repairs == 0)
        #expect(!clock.stamp(raw: 5040, duration: 40).followsJump)
    }
}
