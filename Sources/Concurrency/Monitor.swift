import Glibc

/// A lock, and a condition to wait for under it. Waits with a limit go by CLOCK_MONOTONIC: setting the wall clock makes them
/// neither longer nor shorter, as it does with `NSCondition`.
///
/// Blocks the calling thread: for dedicated threads only.
// Unchecked: being shared between threads is what a lock is for.
public final class Monitor: @unchecked Sendable {
    /// A moment of CLOCK_MONOTONIC.
    public struct Deadline: Sendable {
        fileprivate var time: timespec
    }

    /// Seconds; a longer wait is cut to this, some 30 years.
    private static let longestWait = 1e9

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    public init() {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
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

    public func lock() { pthread_mutex_lock(mutex) }
    public func unlock() { pthread_mutex_unlock(mutex) }

    public func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// Waits for a signal. The lock is held before and after, and released meanwhile; may return without a signal.
    public func wait() { pthread_cond_wait(condition, mutex) }

    /// As `wait()`, until `deadline` at the latest.
    ///
    /// - Returns: false if the deadline has passed.
    public func wait(until deadline: Deadline) -> Bool {
        var time = deadline.time
        return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
    }

    public func signal() { pthread_cond_signal(condition) }
    public func broadcast() { pthread_cond_broadcast(condition) }

    /// The moment so many seconds from now; one that is past for a number that is not above 0.
    public static func deadline(after seconds: Double) -> Deadline {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let wait = seconds > 0 ? min(seconds, longestWait) : 0
        let nanoseconds = now.tv_nsec + Int((wait - wait.rounded(.down)) * 1e9)
        return Deadline(
            time: timespec(
                tv_sec: now.tv_sec + Int(wait.rounded(.down)) + nanoseconds / 1_000_000_000,
                tv_nsec: nanoseconds % 1_000_000_000))
    }
}
