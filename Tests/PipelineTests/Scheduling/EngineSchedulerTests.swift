import Concurrency
import Foundation
import Synchronization
import Testing

@testable import Pipeline

@Suite struct EngineSchedulerTests {
    /// Threads that wait for a scheduler's turn while the holder has it; each records its name when its turn comes.
    private final class Queue: Sendable {
        let scheduler = EngineScheduler()
        let order = Mutex<[String]>([])
        let finished = DispatchSemaphore(value: 0)

        func add(
            _ name: String, _ kind: EngineScheduler.Kind, turns: Int = 1, cancellation: Cancellation = Cancellation()
        ) {
            Thread { [self] in
                for _ in 0..<turns {
                    try? scheduler.turn(kind, cancellation: cancellation) { order.withLock { $0.append(name) } }
                }
                finished.signal()
            }.start()
        }

        func waitUntil(cameras: Int, jobs: Int) {
            while scheduler.waiting != (cameras, jobs) { sched_yield() }
        }
    }

    @Test func camerasGoBeforeJobsThatCameFirst() throws {
        let queue = Queue()
        try queue.scheduler.turn(.camera, cancellation: Cancellation()) {
            queue.add("job", .job)
            queue.waitUntil(cameras: 0, jobs: 1)
            queue.add("first", .camera)
            queue.waitUntil(cameras: 1, jobs: 1)
            queue.add("second", .camera)
            queue.waitUntil(cameras: 2, jobs: 1)
        }
        for _ in 0..<3 { queue.finished.wait() }
        #expect(queue.order.withLock { $0 } == ["first", "second", "job"])
    }

    @Test func yieldingLetsWaitersGoFirst() throws {
        let queue = Queue()
        try queue.scheduler.turn(.job, cancellation: Cancellation()) {
            queue.add("camera", .camera)
            queue.waitUntil(cameras: 1, jobs: 0)
            queue.scheduler.yieldTurn(.job)
            queue.order.withLock { $0.append("job") }
            // The job has its turn again: new threads wait.
            queue.add("late", .camera)
            queue.waitUntil(cameras: 1, jobs: 0)
            queue.order.withLock { $0.append("job's end") }
        }
        for _ in 0..<2 { queue.finished.wait() }
        #expect(queue.order.withLock { $0 } == ["camera", "job", "job's end", "late"])
    }

    @Test func jobYieldsToALimitedNumberOfCameras() throws {
        let queue = Queue()
        let cameras = EngineScheduler.maximumTurnsPassed + 4
        try queue.scheduler.turn(.job, cancellation: Cancellation()) {
            for number in 0..<cameras {
                queue.add("camera \(number)", .camera)
                queue.waitUntil(cameras: number + 1, jobs: 0)
            }
            // It arrives while a job computes and could run at once, but the waiting cameras go first.
            queue.add("job", .job)
            queue.waitUntil(cameras: cameras, jobs: 1)
        }
        for _ in 0...cameras { queue.finished.wait() }
        let order = queue.order.withLock { $0 }
        #expect(order.firstIndex(of: "job") == EngineScheduler.maximumTurnsPassed)
        #expect(order.filter { $0 != "job" } == (0..<cameras).map { "camera \($0)" })
    }

    @Test func jobsRunConcurrentlyAndCamerasExclusively() throws {
        let scheduler = EngineScheduler()
        let together = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        let finished = DispatchSemaphore(value: 0)
        for _ in 0..<2 {
            Thread {
                try? scheduler.turn(.job, cancellation: Cancellation()) {
                    together.signal()
                    release.wait()
                }
                finished.signal()
            }.start()
        }
        together.wait()
        together.wait()
        let isComputing = Mutex(false)
        Thread {
            try? scheduler.turn(.camera, cancellation: Cancellation()) { isComputing.withLock { $0 = true } }
            finished.signal()
        }.start()
        while scheduler.waiting.cameras == 0 { sched_yield() }
        #expect(isComputing.withLock { $0 } == false)
        release.signal()
        release.signal()
        for _ in 0..<3 { finished.wait() }
        #expect(isComputing.withLock { $0 } == true)
    }

    @Test func cancellationLeavesTheQueue() throws {
        let queue = Queue()
        let cancellation = Cancellation()
        try queue.scheduler.turn(.camera, cancellation: Cancellation()) {
            queue.add("cancelled", .camera, cancellation: cancellation)
            queue.waitUntil(cameras: 1, jobs: 0)
            queue.add("next", .camera)
            queue.waitUntil(cameras: 2, jobs: 0)
            cancellation.cancel()
            queue.finished.wait()
        }
        queue.finished.wait()
        #expect(queue.order.withLock { $0 } == ["next"])
    }

    @Test func errorReleasesTheTurn() throws {
        let scheduler = EngineScheduler()
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try scheduler.turn(.camera, cancellation: Cancellation()) { throw Failure() }
        }
        #expect(try scheduler.turn(.job, cancellation: Cancellation()) { 1 } == 1)
    }
}
