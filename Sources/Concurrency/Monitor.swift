import Glibc

/// The decision of a waiting thread after each examination of the state.
public enum WaitStep<Result> {
    /// The condition is met; the wait ends with this result.
    case done(Result)
    /// Examine the state again after the next change.
    case wait
    /// Examine the state again after the next change, or at this time at the latest.
    case waitUntil(MonotonicTime)
}

/// State that threads share: they read and change it under a lock, and wait for its changes. Time limits of waits use
/// CLOCK_MONOTONIC, so setting the wall clock does not change them, as it does with `NSCondition`.
///
/// Blocks the calling thread: use it on dedicated threads only. The closures must not use the monitor that calls them.
// Unchecked: `state` is accessed only while `lock` is held.
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

    /// Changes the state and wakes all waiting threads.
    public func update<Result>(_ body: (inout State) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        defer { lock.broadcast() }
        return body(&state)
    }

    /// Calls `body` immediately and after each change until it returns `.done`, which counts as a change too. The lock
    /// is held during each call and released between calls, so `body` must not keep any part of the state from one call
    /// to the next.
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

/// A pthread mutex with a condition variable, both at fixed addresses.
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
