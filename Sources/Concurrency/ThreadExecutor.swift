/// A dedicated thread for an actor whose work blocks, outside Swift's cooperative pool.
public final class ThreadExecutor: SerialExecutor {
    /// A job of the actor. The actor keeps the executor alive, so the executor outlives every queued job.
    private struct QueuedJob: Sendable {
        let job: UnownedJob
        let executor: UnownedSerialExecutor
    }

    /// Unbounded: every queued job is a call that a caller awaits, so the callers bound the number.
    private let jobs = BoundedQueue<QueuedJob>(capacity: .max)

    /// - Parameter name: shown by debuggers and `top -H`; Linux truncates it to 15 bytes.
    public init(name: String) {
        DedicatedThread.start(name: name) { [jobs] in
            while let next = jobs.pop() { next.job.runSynchronously(on: next.executor) }
        }
    }

    deinit {
        jobs.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        _ = jobs.push(QueuedJob(job: UnownedJob(job), executor: asUnownedSerialExecutor()))
    }
}
