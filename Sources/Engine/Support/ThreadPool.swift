import CKernels
import Glibc
import Synchronization

/// The engine's own threads: the only ones that compute.
///
/// A job consists of independent work items. Threads take items one after another, so the thread that computes an item
/// varies; an item's result must not depend on it. Idle threads wait on a condition.
public final class ThreadPool: Sendable {
    /// More threads would be of no use on the machines for which the engine is made.
    public static let maximumThreads = 64

    /// The number of threads that compute, including the caller of `run`.
    public let threadCount: Int
    private let state: PoolState
    private let threads: [pthread_t]

    /// - Parameter threadCount: clamped to 1…`maximumThreads`; nil for one thread per core that this process may use.
    public init(threadCount: Int? = nil) {
        let state = PoolState()
        let wanted = min(max(threadCount ?? Self.usableCores, 1), Self.maximumThreads)
        var threads: [pthread_t] = []
        for worker in 1..<max(wanted, 1) {
            let start = Unmanaged.passRetained(WorkerStart(state: state, worker: worker))
            var thread = pthread_t()
            guard pthread_create(&thread, nil, workerMain, start.toOpaque()) == 0 else {
                // Fewer threads than requested give the same results, more slowly.
                start.release()
                break
            }
            threads.append(thread)
        }
        self.threads = threads
        self.threadCount = threads.count + 1
        self.state = state
        state.helpers = threads.count
    }

    deinit {
        state.stop()
        for thread in threads {
            pthread_join(thread, nil)
        }
    }

    /// The number of cores in this process's affinity mask.
    public static var usableCores: Int { Int(engine_usable_cores()) }

    /// Computes the items 0..<count on all threads, including the caller's, and returns when all are done.
    ///
    /// One job runs at a time; a second caller waits for the first. `body` must not call `run`.
    ///
    /// - Parameters:
    ///   - count: the number of items.
    ///   - body: computes item `index`; `worker`, in 0..<threadCount, identifies the scratch memory to use. It is
    ///     called on several threads at once, so an item may only write memory that no other item reads or writes.
    public func run(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
        state.run(count, body)
    }
}

/// The argument of a worker thread.
private final class WorkerStart {
    let state: PoolState
    let worker: Int

    init(state: PoolState, worker: Int) {
        self.state = state
        self.worker = worker
    }
}

private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
    start.state.work(as: start.worker)
    return nil
}

/// The current job and its synchronisation.
///
/// `@unchecked Sendable` because `lock` guards every stored variable; `job` is only called between the start and the
/// end of `run`.
private final class PoolState: @unchecked Sendable {
    private typealias Job = (Int, Int) -> Void

    /// Held during a job, so that jobs run one at a time.
    private let turn = PosixMutex()
    private let lock = PosixMutex()
    private let started = PosixCondition()
    private let finished = PosixCondition()
    private let next = Atomic<Int>(0)
    private var job: Job?
    private var count = 0
    private var generation = 0
    private var busy = 0
    private var isStopping = false
    /// The number of threads besides the caller; set once, before the first job.
    var helpers = 0

    func run(_ count: Int, _ body: (Int, Int) -> Void) {
        turn.lock()
        defer { turn.unlock() }
        if helpers == 0 || count <= 1 {
            for index in 0..<max(count, 0) { body(index, 0) }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            lock.lock()
            job = escapable
            self.count = count
            next.store(0, ordering: .relaxed)
            busy = helpers
            generation += 1
            started.broadcast()
            lock.unlock()

            takeItems(as: 0)

            lock.lock()
            while busy > 0 { finished.wait(lock) }
            job = nil
            lock.unlock()
        }
    }

    func work(as worker: Int) {
        var seen = 0
        while true {
            lock.lock()
            while generation == seen && !isStopping { started.wait(lock) }
            if isStopping {
                lock.unlock()
                return
            }
            seen = generation
            lock.unlock()

            takeItems(as: worker)

            lock.lock()
            busy -= 1
            if busy == 0 { finished.broadcast() }
            lock.unlock()
        }
    }

    /// Not inlined, so that no reference to the job outlives the call.
    @inline(never)
    private func takeItems(as worker: Int) {
        guard let job else { return }
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            job(index, worker)
        }
    }

    func stop() {
        lock.lock()
        isStopping = true
        started.broadcast()
        lock.unlock()
    }
}
