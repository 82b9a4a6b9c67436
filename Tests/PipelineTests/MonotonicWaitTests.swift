import CFFmpeg
import Decode
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// Waits with a limit do not go by the wall clock: one that is put back an hour would make them an hour longer.
@Suite("Waits and the wall clock")
struct MonotonicWaitTests {
    @Test("A monitor waits until its deadline and not longer, whatever the number of seconds")
    func deadlines() {
        let monitor = Monitor()
        let clock = ContinuousClock()
        for seconds in [0, -1, -.infinity, .nan, 0.01] {
            let start = clock.now
            monitor.lock()
            let deadline = Monitor.deadline(after: seconds)
            while monitor.wait(until: deadline) {}
            monitor.unlock()
            #expect(clock.now - start >= .seconds(seconds > 0 ? seconds : 0))
        }
        // Nobody waits that long: it only must not trap.
        _ = Monitor.deadline(after: .infinity)
        _ = Monitor.deadline(after: 1e300)
    }

    @Test("A monitor that is signalled ends its wait before the deadline")
    func signals() {
        let monitor = Monitor()
        let waits = DispatchSemaphore(value: 0)
        monitor.lock()
        Thread {
            monitor.lock()
            monitor.signal()
            monitor.unlock()
            waits.signal()
        }.start()
        let isSignalled = monitor.wait(until: Monitor.deadline(after: 3600))
        monitor.unlock()
        #expect(isSignalled)
        waits.wait()
    }

    @Test("The turn at the engine") func gate() throws {
        let gate = EngineGate()
        let cancellation = Cancellation()
        try gate.turn(.camera, cancellation: Cancellation()) {
            let usesWallClock = FutexWait.usesWallClock {
                try? gate.turn(.job, cancellation: cancellation) {}
            } end: {
                cancellation.cancel()
            }
            #expect(usesWallClock == false)
        }
    }

    @Test("A picture's patience") func pictures() throws {
        let line = PictureLine(patience: 3600, limit: 7200, capacity: 10)
        let frame = VideoFrame(buffer: try FrameBuffer(), index: 0, pts: 0, duration: 1, time: 0)
        line.append(.picture(PictureLine.Picture(frame: frame, due: .now)))
        let usesWallClock = FutexWait.usesWallClock {
            _ = line.next { _ in false }
        } end: {
            line.cancel()
        }
        #expect(usesWallClock == false)
    }
}
