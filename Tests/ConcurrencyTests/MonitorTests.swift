import Concurrency
import Foundation
import TestSupport
import Testing

@Suite struct MonitorTests {
    @Test(
        "A moment this many seconds from now, whatever the number",
        arguments: [0, -1, -.infinity, .nan, 0.01, 1e300, .infinity])
    func moments(_ seconds: Double) {
        let start = MonotonicTime.now
        let moment = MonotonicTime.after(seconds)
        let distance = seconds > 0 ? min(seconds, 1e9) : 0
        #expect(moment.nanoseconds >= start.nanoseconds + Int64(distance * 1e9))
        #expect(moment.nanoseconds <= MonotonicTime.now.nanoseconds + Int64(distance * 1e9))
    }

    @Test("A wait with a limit checks its condition again at the limit, independently of the wall clock")
    func limits() {
        let monitor = Monitor(false)
        let end = MonotonicTime.after(0.01)
        let looks = monitor.wait { _ -> WaitStep<Bool> in
            MonotonicTime.now >= end ? .done(true) : .waitUntil(end)
        }
        #expect(looks)
        #expect(MonotonicTime.now >= end)
        let usesWallClock = FutexWait.usesWallClock {
            monitor.wait { isOver in isOver ? .done(()) : .waitUntil(.after(3600)) }
        } end: {
            monitor.update { $0 = true }
        }
        #expect(usesWallClock == false)
    }

    @Test("A change wakes all waiting threads, and so does the end of another thread's wait")
    func changes() {
        let monitor = Monitor(0)
        let isOver = DispatchSemaphore(value: 0)
        for turn in [2, 1] {
            Thread {
                monitor.wait { state -> WaitStep<Void> in
                    guard state == turn else { return .waitUntil(.after(3600)) }
                    state += 1
                    return .done(())
                }
                isOver.signal()
            }.start()
        }
        monitor.update { $0 = 1 }
        isOver.wait()
        isOver.wait()
        #expect(monitor.read { $0 } == 3)
    }

    @Test("No increment by concurrent threads is lost")
    func counting() async throws {
        let monitor = Monitor(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await DedicatedThread.run(name: "count", onCancel: {}) {
                        for _ in 0..<1000 { monitor.update { $0 += 1 } }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(monitor.read { $0 } == 4000)
    }
}
