/// One thread on which an actor does work that blocks, away from Swift's cooperative pool.
public final class ThreadExecutor: SerialExecutor {
    /// A piece of an actor's work. The actor holds the executor, so it lives as long as any piece.
    private struct Piece: Sendable {
        let job: UnownedJob
        let executor: UnownedSerialExecutor
    }

    /// Unbounded: what waits here are calls that are being awaited, whose number their callers bound.
    private let pieces = BoundedQueue<Piece>(capacity: .max)

    /// - Parameter name: shown by debuggers and `top -H`; at most 15 bytes are kept by Linux.
    public init(name: String) {
        DedicatedThread.start(name: name) { [pieces] in
            while let piece = pieces.pop() { piece.job.runSynchronously(on: piece.executor) }
        }
    }

    deinit {
        pieces.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        _ = pieces.push(Piece(job: UnownedJob(job), executor: asUnownedSerialExecutor()))
    }
}
