import Dispatch
import Synchronization
import Testing

@testable import Engine

@Suite("Thread pool")
struct ThreadPoolTests {
    @Test("Every item is computed once, by a worker of the pool", arguments: [1, 2, 3, 8])
    func computesAll(_ threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        #expect(pool.threadCount == threads)
        for count in [0, 1, 2, 7, 1000] {
            var times = [Int](repeating: 0, count: count)
            var workers = [Int](repeating: -1, count: count)
            times.withUnsafeMutableBufferPointer { times in
                workers.withUnsafeMutableBufferPointer { workers in
                    pool.run(count) { index, worker in
                        times[index] += 1
                        workers[index] = worker
                    }
                }
            }
            #expect(times.allSatisfy { $0 == 1 })
            #expect(workers.allSatisfy { (0..<threads).contains($0) })
        }
    }

    @Test("Callers take turns: never more items at once than the pool has threads")
    func takesTurns() {
        final class Counters: Sendable {
            let running = Atomic<Int>(0)
            let most = Atomic<Int>(0)
            let total = Atomic<Int>(0)
        }
        let counters = Counters()
        let pool = ThreadPool(threadCount: 2)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<50 {
                pool.run(3) { _, _ in
                    counters.most.max(counters.running.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
                    counters.total.wrappingAdd(1, ordering: .relaxed)
                    counters.running.wrappingSubtract(1, ordering: .relaxed)
                }
            }
        }
        #expect(counters.total.load(ordering: .relaxed) == 600)
        #expect(counters.most.load(ordering: .relaxed) <= 2)
    }

    @Test("There are as many threads as cores, within bounds")
    func bounds() {
        #expect(ThreadPool().threadCount == min(ThreadPool.usableCores, ThreadPool.maximumThreads))
        #expect(ThreadPool(threadCount: 0).threadCount == 1)
        #expect(ThreadPool(threadCount: 10_000).threadCount == ThreadPool.maximumThreads)
    }
}
