import CFFmpeg
import Concurrency
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// Waits with a limit do not use the wall clock: setting it back by an hour would prolong them by an hour.
@Suite("Waits and the wall clock")
struct MonotonicWaitTests {
    @Test("The turn at the engine") func scheduler() throws {
        let scheduler = EngineScheduler()
        let cancellation = Cancellation()
        try scheduler.turn(.camera, cancellation: Cancellation()) {
            let usesWallClock = FutexWait.usesWallClock {
                try? scheduler.turn(.job, cancellation: cancellation) {}
            } end: {
                cancellation.cancel()
            }
            #expect(usesWallClock == false)
        }
    }

    @Test("A frame's timeout") func images() throws {
        let line = FrameQueue(timeout: 3600, limit: 7200, capacity: 10)
        let frame = VideoFrame(buffer: try FrameBuffer(), index: 0, pts: 0, duration: 1, time: 0)
        line.append(.frame(FrameQueue.Frame(frame: frame, due: .now)))
        let usesWallClock = FutexWait.usesWallClock {
            _ = line.next { _ in false }
        } end: {
            line.cancel()
        }
        #expect(usesWallClock == false)
    }
}
