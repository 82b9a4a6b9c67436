import Concurrency
import Foundation
import Testing

@Suite struct BoundedQueueTests {
    @Test func handsOutInOrderAndEnds() {
        let queue = BoundedQueue<Int>(capacity: 4)
        for value in 0..<4 { #expect(queue.push(value)) }
        queue.close()
        #expect((0..<5).map { _ in queue.pop() } == [0, 1, 2, 3, nil])
    }

    @Test("Large elements fill the queue sooner, and an empty queue accepts an element of any size")
    func bytes() {
        let queue = BoundedQueue<Int>(capacity: 4, bytes: 10) { $0 }
        let (isFull, isOver) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        #expect(queue.push(100))
        Thread {
            for value in [4, 6] { _ = queue.push(value) }
            isFull.signal()
            _ = queue.push(1)
            isOver.signal()
        }.start()
        #expect(queue.pop() == 100)
        isFull.wait()
        // The third element waits until the first is removed.
        #expect(isOver.wait(timeout: .now() + 0.05) == .timedOut)
        #expect((0..<3).map { _ in queue.pop() } == [4, 6, 1])
        isOver.wait()
    }

    @Test func producerNeverRunsAhead() async throws {
        let queue = BoundedQueue<Int>(capacity: 3)
        async let produced: Int = DedicatedThread.run(name: "produce", onCancel: { queue.cancel() }) {
            for value in 0..<1000 { guard queue.push(value) else { break } }
            queue.close()
            return 1000
        }
        async let consumed: [Int] = DedicatedThread.run(name: "consume", onCancel: { queue.cancel() }) {
            var values: [Int] = []
            while let value = queue.pop() { values.append(value) }
            return values
        }
        let (count, values) = try await (produced, consumed)
        #expect(count == 1000)
        #expect(values == Array(0..<1000))
    }

    @Test func cancellingWakesBothSides() async throws {
        let full = BoundedQueue<Int>(capacity: 1)
        let empty = BoundedQueue<Int>(capacity: 1)
        #expect(full.push(1))
        async let pushed: Bool = DedicatedThread.run(name: "push", onCancel: {}) { full.push(2) }
        async let popped: Int? = DedicatedThread.run(name: "pop", onCancel: {}) { empty.pop() }
        full.cancel()
        empty.cancel()
        let (didPush, value) = try await (pushed, popped)
        #expect(!didPush)
        #expect(value == nil)
        #expect(full.pop() == nil)
    }
}
