import Synchronization

/// A flag that one thread raises and others look at: the way a cancelled task reaches FFmpeg's blocking calls.
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

/// How a job is asked to end early, from a signal handler's task or a service: first gently, then at once.
public final class StopRequest: Sendable {
    private let gentle = Atomic<Bool>(false)
    /// Raised when the job has to stop at once and leave nothing behind.
    public let abort = Cancellation()

    public init() {}

    /// The window being computed ends, what is explained is written, the file is finished and playable.
    public func finishSoon() {
        gentle.store(true, ordering: .releasing)
    }

    /// - Throws: `CancellationError` once the job has to stop at once.
    public func checkAbort() throws {
        if abort.isCancelled { throw CancellationError() }
    }

    public var shouldFinishSoon: Bool {
        gentle.load(ordering: .acquiring)
    }
}
