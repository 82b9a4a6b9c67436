import TestSupport
import Testing

@testable import Encode

@Suite("Pauses of a publisher")
struct PublishPauseTests {
    @Test("The wall clock does not end them: put back, it would make them longer")
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
