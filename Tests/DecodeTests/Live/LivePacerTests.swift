import Concurrency
import Synchronization
import Testing

@testable import Decode

/// A clock that waiting advances.
final class FakeTime: Sendable {
    private let state = Mutex<(now: ContinuousClock.Instant, waits: [Double])>((.now, []))

    var waits: [Double] { state.withLock { $0.waits } }

    func pass(_ seconds: Double) {
        state.withLock { $0.now = $0.now.advanced(by: .seconds(seconds)) }
    }

    var wait: LiveWait {
        LiveWait(now: { self.state.withLock { $0.now } }) { instant, _ in
            self.state.withLock { state in
                state.waits.append((instant - state.now) / .seconds(1))
                state.now = instant
            }
        }
    }
}

struct LivePacerTests {
    @Test func waitsForEachFrame() {
        let time = FakeTime()
        var pacer = LivePacer(time.wait)
        for index in 0..<4 {
            let restarts = pacer.delay(Double(index) / 2, cancellation: Cancellation())
            #expect(!restarts)
        }
        #expect(time.waits.map { ($0 * 1000).rounded() } == [500, 500, 500])
    }

    @Test func catchesUpAfterAStall() {
        let time = FakeTime()
        var pacer = LivePacer(time.wait)
        var restarts = 0
        for index in 0..<20 {
            if index == 5 { time.pass(3) }
            if pacer.delay(Double(index) / 2, cancellation: Cancellation()) { restarts += 1 }
        }
        // It waits before the stall, does not while it is late, and waits as before once it has caught up.
        #expect(restarts == 0)
        #expect(time.waits.prefix(4).allSatisfy { abs($0 - 0.5) < 0.001 })
        #expect(time.waits.reduce(0, +) > 4 && time.waits.count < 19)
    }

    @Test func restartsWhenItNeverCatchesUp() {
        let time = FakeTime()
        var pacer = LivePacer(time.wait)
        var restarts: [Int] = []
        for index in 0..<60 {
            time.pass(index == 5 ? 5 : 0.5)
            if pacer.delay(Double(index) / 2, cancellation: Cancellation()) { restarts.append(index) }
        }
        #expect(restarts == [26])
    }

    @Test func cancellationEndsAWait() {
        let cancellation = Cancellation()
        cancellation.cancel()
        // Without a check for cancellation this would be an hour.
        LiveWait.system.until(.now.advanced(by: .seconds(3600)), cancellation)
    }
}
