import Concurrency
import Media
import Testing

@Suite struct InterruptTests {
    @Test func watchesTheClock() {
        let interrupt = Interrupt(Cancellation())
        #expect(!interrupt.shouldStop)
        interrupt.setDeadline(in: -1)
        #expect(interrupt.shouldStop && interrupt.hasTimedOut)
        interrupt.setDeadline(in: nil)
        #expect(!interrupt.shouldStop)
        interrupt.setDeadline(in: 3600)
        #expect(!interrupt.shouldStop)
        interrupt.cancellation.cancel()
        #expect(interrupt.shouldStop && !interrupt.hasTimedOut)
    }

    @Test("A stop also interrupts later calls, whatever their deadlines")
    func stops() {
        let interrupt = Interrupt()
        interrupt.stop(within: 3600)
        #expect(!interrupt.shouldStop && !interrupt.hasStopped)
        interrupt.stop(within: 0)
        interrupt.setDeadline(in: 3600)
        #expect(interrupt.shouldStop && interrupt.hasStopped && interrupt.hasTimedOut)
    }

    @Test("Closing ignores a cancellation, but has a short deadline")
    func closes() {
        let interrupt = Interrupt()
        interrupt.cancellation.cancel()
        #expect(interrupt.shouldStop)
        interrupt.beginClosing()
        #expect(!interrupt.shouldStop)
        interrupt.setDeadline(in: 0)
        #expect(interrupt.shouldStop)
    }

    @Test("FFmpeg's callback gives the same answer")
    func callback() {
        let interrupt = Interrupt()
        let callback = interrupt.callback
        withExtendedLifetime(interrupt) {
            #expect(callback.callback(callback.opaque) == 0)
            interrupt.setDeadline(in: 0)
            #expect(callback.callback(callback.opaque) == 1)
        }
    }
}
