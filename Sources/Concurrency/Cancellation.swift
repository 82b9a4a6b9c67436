import Synchronization

/// A flag that one thread sets and others check. It passes the cancellation of a task on to FFmpeg's blocking calls.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}

    public func cancel() {
        flag.store(true, ordering: .releasing)
    }

    public var isCancelled: Bool {
        flag.load(ordering: .acquiring)
    }
}

/// A request to end a job early, made by a signal handler's task or a service: first gracefully, then immediately.
public final class StopRequest: Sendable {
    private let isFinishing = Atomic<Bool>(false)
    /// Set when the job must stop immediately and leave no files behind.
    public let abort = Cancellation()

    public init() {}

    /// Requests a graceful end: the current window is finished, all explained frames are written, and the output file
    /// is completed and playable.
    public func finishSoon() {
        isFinishing.store(true, ordering: .releasing)
    }

    /// - Throws: `CancellationError` once the job must stop immediately.
    public func checkAbort() throws {
        if abort.isCancelled { throw CancellationError() }
    }

    public var shouldFinishSoon: Bool {
        isFinishing.load(ordering: .acquiring)
    }
}
