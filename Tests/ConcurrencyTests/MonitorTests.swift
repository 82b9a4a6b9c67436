import Concurrency
import Foundation
import Testing

@Suite struct MonitorTests {
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
}
