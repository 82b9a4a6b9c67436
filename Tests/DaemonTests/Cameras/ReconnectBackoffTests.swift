import TestSupport
import Testing

@testable import Cameras
@testable import DaemonConfiguration

@Suite struct ReconnectBackoffTests {
    @Test func waitsAreRandomWithinGrowingBounds() {
        var backoff = ReconnectBackoff(generator: SeededGenerator(seed: 3))
        for round in 0..<3 {
            for whole in [1.0, 2, 4, 8, 16, 32, 60, 60, 60, 60] {
                let delay = backoff.delay()
                #expect((whole / 2...whole).contains(delay), "\(delay) in round \(round)")
            }
            backoff.reset()
        }
    }

    /// An account that is locked after five failed logins must not be tried five times within 15 s.
    @Test func aRejectedPasswordHasTheLongestWait() {
        var backoff = ReconnectBackoff(limit: 300, generator: SeededGenerator(seed: 3))
        #expect(backoff.longestDelay() == 300)
        let delay = backoff.delay()
        #expect((150...300).contains(delay))
        backoff.reset()
        let first = backoff.delay()
        #expect(first <= 1)
    }

    /// Cameras that were disconnected together do not reconnect together.
    @Test func waitsAreSpreadOverTheirRange() {
        var delays: [Double] = []
        for seed in 0..<200 {
            var backoff = ReconnectBackoff(generator: SeededGenerator(seed: UInt64(seed)))
            delays.append(backoff.delay())
        }
        for lower in stride(from: 0.5, to: 1, by: 0.1) {
            #expect(delays.count { (lower..<lower + 0.1).contains($0) } > 20)
        }
        var twin = ReconnectBackoff(generator: SeededGenerator(seed: 0))
        let again = twin.delay()
        #expect(again == delays[0])
    }

    @Test(arguments: [
        (-1, "0 s"), (0.9, "0 s"), (89.9, "89 s"), (90, "1 min"), (720, "12 min"), (5399, "89 min"), (5400, "1 h"),
        (129_599, "35 h"), (129_600, "1 days"), (1e300, "1000000000 days"), (.nan, "0 s"),
    ])
    func plainDurations(_ seconds: Double, _ text: String) {
        #expect(PlainDuration.text(seconds) == text)
    }

    @Test(arguments: [
        (0, "0.0", "0"), (0.04, "0.0", "0"), (0.96, "1.0", "1"), (12.14, "12.1", "12.1"), (-0.01, "0.0", "0"),
        (-1.25, "-1.3", "-1.3"), (.infinity, "?", "?"), (.nan, "?", "?"),
    ])
    func numbers(_ value: Double, _ tenths: String, _ short: String) {
        #expect(NumberText.tenths(value) == tenths)
        #expect(NumberText.short(value) == short)
    }
}
