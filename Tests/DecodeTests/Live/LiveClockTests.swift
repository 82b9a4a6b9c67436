import Testing

@testable import Decode

struct LiveClockTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-6) -> Bool { abs(a - b) <= tolerance }

    @Test func whatComesSoonestIsOnTime() {
        var clock = LiveClock(arrival: at(1.3), time: 0)
        clock.note(arrival: at(1.14), time: 0.04)
        clock.note(arrival: at(1.38), time: 0.08)
        #expect(close(clock.lateness(arrival: at(1.14), time: 0.04), 0, 1e-3))
        #expect(close(clock.lateness(arrival: at(1.38), time: 0.08), 0.2, 1e-3))
        #expect(close((clock.due(1) - start) / .seconds(1), 2.1, 1e-3))
    }

    /// Pictures a tenth of a second apart, each up to 50 ms late.
    @Test func jitterIsLateness() {
        var clock = LiveClock(arrival: at(0), time: 0)
        for index in 1...1000 {
            let time = Double(index) / 10
            let delay = Double(index % 6) / 100
            clock.note(arrival: at(time + delay), time: time)
            #expect(close(clock.lateness(arrival: at(time + delay), time: time), delay, 0.002))
        }
    }

    @Test func aBurstAfterAStallIsLate() {
        var clock = LiveClock(arrival: at(0), time: 0)
        for index in 1...100 { clock.note(arrival: at(4), time: Double(index) / 25) }
        #expect(close(clock.lateness(arrival: at(4), time: 0.04), 3.96, 0.005))
        #expect(close(clock.lateness(arrival: at(4), time: 4), 0, 0.005))
    }

    /// A camera whose second lasts 1.0002 s is not later every day.
    @Test(arguments: [1.0002, 0.9998])
    func driftDoesNotAddUp(second: Double) {
        var clock = LiveClock(arrival: at(0), time: 0)
        var worst = 0.0
        for index in stride(from: 1.0, to: 86400 * 3, by: 7) {
            let arrival = at(index * second)
            clock.note(arrival: arrival, time: index)
            worst = max(worst, abs(clock.lateness(arrival: arrival, time: index)))
        }
        #expect(worst < 0.01)
    }

    @Test func aGapBeginsAnew() {
        var clock = LiveClock(arrival: at(0), time: 0)
        clock.restart(arrival: at(10), time: 0.04)
        #expect(close(clock.lateness(arrival: at(10.1), time: 0.08), 0.06))
    }

    @Test func wallClockIsTheCamerasWhereItSays() {
        let clock = LiveClock(arrival: at(0), time: 0)
        #expect(close(clock.wallClock(of: 2, now: at(5), wallNow: 1_000_005), 1_000_002, 1e-3))
        #expect(clock.wallClock(of: 2, startOnWallClock: 500, now: at(5), wallNow: 1_000_005) == 502)
    }
}
