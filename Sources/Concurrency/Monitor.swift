import Glibc

/// What a thread that waits for a state decides each time it looks at it.
public enum WaitStep<Result> {
    /// It has what it waited for.
    case done(Result)
    /// Look again after the next change.
    case wait
    /// Look again after the next change, or at this moment.
    case waitUntil(MonotonicTime)
}

/// State that threads share: they read it and change it under a lock, and wait for its changes. Limits of waits go by
/// CLOCK_MONOTONIC: setting the wall clock makes them neither longer nor shorter, as it does with `NSCondition`.
///
/// Blocks the calling thread: for dedicated threads only. The closures must not use the monitor that calls them.
// Unchecked: `state` is used under `lock` only.
public final class Monitor<State: Sendable>: @unchecked Sendable {
    private let lock = ConditionLock()
    private var state: State

    public init(_ state: State) {
        self.state = state
    }

    public func read<Result>(_ body: (State) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body(state)
    }

    /// Changes the state and wakes all who wait for that.
    public func update<Result>(_ body: (inout State) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        defer { lock.broadcast() }
        return body(&state)
    }

    /// Calls `body` at once and after each change until it is done, which counts as a change too. The lock is held while it
    /// runs and released between the calls, so nothing of the state may be kept from one to the next.
    public func wait<Result>(_ body: (inout State) -> WaitStep<Result>) -> Result {
        lock.lock()
        defer { lock.unlock() }
        while true {
            switch body(&state) {
            case .done(let result):
                lock.broadcast()
                return result
            case .wait: lock.wait()
            case .waitUntil(let limit): lock.wait(until: limit)
            }
        }
    }
}

/// A pthread mutex with a condition, both at fixed addresses.
private struct ConditionLock: ~Copyable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    func broadcast() { pthread_cond_broadcast(condition) }
    func wait() { pthread_cond_wait(condition, mutex) }

    func wait(until limit: MonotonicTime) {
        var time = limit.timespec
        pthread_cond_timedwait(condition, mutex, &time)
    }
}
