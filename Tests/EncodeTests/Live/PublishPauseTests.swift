import TestSupport
import Testing

@testable import Encode

@Suite("Pauses of a publisher")
struct PublishPauseTests {
    @Test("Pauses do not depend on the wall clock, which would prolong them when it is set back")
    func clock() {
        let queue = PublishQueue(PublishQueue.Limits())
        let usesWallClock = FutexWait.usesWallClock {
            queue.pause(for: 3600)
        } end: {
            queue.stop()
        }
        #expect(usesWallClock == false)
    }
}
