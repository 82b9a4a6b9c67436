import Testing

@testable import Decode

struct LiveClockTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-6) -> Bool { abs(a - b) <= tolerance }

    @Test func earliestArrivalsAreOnTime() {
        var clock = LiveClock(arrival: at(1.3), time: 0)
        clock.update(arrival: at(1.14), time: 0.04)
        clock.update(arrival: at(1.38), time: 0.08)
        #expect(close(clock.lateness(arrival: at(1.14), time: 0.04), 0, 1e-3))
        #expect(close(clock.lateness(arrival: at(1.38), time: 0.08), 0.2, 1e-3))
        #expect(close((clock.due(1) - start) / .seconds(1), 2.1, 1e-3))
    }

    /// Frames a tenth of a second apart, each up to 50 ms late.
    @Test func jitterIsLateness() {
        var clock = LiveClock(arrival: at(0), time: 0)
        for index in 1...1000 {
            let time = Double(index) / 10
            let delay = Double(index % 6) / 100
            clock.update(arrival: at(time + delay), time: time)
            #expect(close(clock.lateness(arrival: at(time + delay), time: time), delay, 0.002))
        }
    }

    @Test func aBurstAfterAStallIsLate() {
        var clock = LiveClock(arrival: at(0), time: 0)
        for index in 1...100 { clock.update(arrival: at(4), time: Double(index) / 25) }
        #expect(close(clock.lateness(arrival: at(4), time: 0.04), 3.96, 0.005))
        #expect(close(clock.lateness(arrival: at(4), time: 4), 0, 0.005))
    }

    /// The lateness of a camera whose second lasts 1.0002 s does not grow without bound.
    @Test(arguments: [1.0002, 0.9998])
    func driftDoesNotAccumulate(second: Double) {
        var clock = LiveClock(arrival: at(0), time: 0)
        var worst = 0.0
        for index in stride(from: 1.0, to: 86400 * 3, by: 7) {
            let arrival = at(index * second)
            clock.update(arrival: arrival, time: index)
            worst = max(worst, abs(clock.lateness(arrival: arrival, time: index)))
        }
        #expect(worst < 0.01)
    }

    @Test func gapRestartsTheClock() {
        var clock = LiveClock(arrival: at(0), time: 0)
        clock.restart(arrival: at(10), time: 0.04)
        #expect(close(clock.lateness(arrival: at(10.1), time: 0.08), 0.06))
    }

    @Test func wallClockIsTheFramesDueTime() {
        let clock = LiveClock(arrival: at(0), time: 0)
        #expect(close(clock.wallClock(of: 2, now: at(5), wallNow: 1_000_005), 1_000_002, 1e-3))
    }

    // MARK: Wrong clocks

    /// Frames that arrive every 40 ms, whose time stamps advance by `rate` seconds per second.
    ///
    /// - Parameter waited: seconds that the reader waits for each frame.
    /// - Returns: the lateness of each frame in seconds.
    private func lateness(
        _ clock: inout LiveClock, from begin: Double, until end: Double, time: inout Double, rate: Double,
        delay: Double = 0, waited: Double = 0.03
    ) -> [Double] {
        stride(from: begin, to: end, by: 0.04).map { moment in
            time += 0.04 * rate
            let arrival = at(moment + delay)
            clock.update(arrival: arrival, time: time, waited: waited)
            return clock.lateness(arrival: arrival, time: time)
        }
    }

    /// Even time stamps at a wrong rate, for ten minutes.
    @Test(arguments: [0.99, 0.967, 0.8, 0.6, 1.034, 1.7])
    func stampsThatRunAtAnotherRateAreFollowed(rate: Double) {
        var (clock, time) = (LiveClock(arrival: at(0), time: 0), 0.0)
        let begin = lateness(&clock, from: 0.04, until: 10, time: &time, rate: rate)
        let rest = lateness(&clock, from: 10, until: 600, time: &time, rate: rate)
        // Until the rate is known, lateness may add up for one or two intervals.
        #expect(begin.max() ?? 9 < max(0.01, 4.2 * (1 - rate)))
        #expect(rest.max() ?? 9 < 0.01)
        // The same once the rate is right again.
        let healed = lateness(&clock, from: 600, until: 700, time: &time, rate: 1)
        #expect(healed.max() ?? 9 < 0.01)
    }

    @Test func aReaderThatFallsBehindIsLate() {
        var (clock, time) = (LiveClock(arrival: at(0), time: 0), 0.0)
        let late = lateness(&clock, from: 0.04, until: 60, time: &time, rate: 0.9, waited: 0)
        #expect(late.last ?? 0 > 5.5)
    }

    @Test func increasedNetworkDelayIsFollowed() {
        var (clock, time) = (LiveClock(arrival: at(0), time: 0), 0.0)
        _ = lateness(&clock, from: 0.04, until: 30, time: &time, rate: 1)
        let first = lateness(&clock, from: 30, until: 31, time: &time, rate: 1, delay: 5)
        #expect(first.allSatisfy { $0 > 4.9 })
        _ = lateness(&clock, from: 31, until: 35, time: &time, rate: 1, delay: 5)
        let later = lateness(&clock, from: 35, until: 100, time: &time, rate: 1, delay: 5)
        #expect(later.max() ?? 9 < 0.02)
    }

    /// A network that stalls now and then delivers the delayed frames all at once.
    @Test func stallsAndTheirBurstsAreNotFollowed() {
        var clock = LiveClock(arrival: at(0), time: 0)
        for index in 1...3000 {
            let taken = Double(index) / 25
            // Six seconds of every twenty arrive at their end.
            let isHeld = taken.truncatingRemainder(dividingBy: 20) < 6
            let arrival = isHeld ? (taken / 20).rounded(.down) * 20 + 6 : taken
            let isFirst = isHeld && taken.truncatingRemainder(dividingBy: 20) < 0.02
            clock.update(arrival: at(arrival), time: taken, waited: isFirst ? 6 : isHeld ? 0 : 0.03)
            #expect(abs(clock.lateness(arrival: at(arrival), time: taken) - (arrival - taken)) < 0.03)
        }
    }
}
