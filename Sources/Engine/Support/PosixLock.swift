import Glibc

/// A pthread mutex at a fixed address. (`Synchronization.Mutex` cannot be waited on with a condition.)
///
/// `@unchecked Sendable` because a pthread mutex may be shared between threads.
final class PosixMutex: @unchecked Sendable {
    fileprivate let handle: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        handle = .allocate(capacity: 1)
        handle.initialize(to: pthread_mutex_t())
        pthread_mutex_init(handle, nil)
    }

    deinit {
        pthread_mutex_destroy(handle)
        handle.deallocate()
    }

    func lock() { pthread_mutex_lock(handle) }
    func unlock() { pthread_mutex_unlock(handle) }
}

/// A pthread condition at a fixed address.
///
/// `@unchecked Sendable` because a pthread condition may be shared between threads.
final class PosixCondition: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<pthread_cond_t>

    init() {
        handle = .allocate(capacity: 1)
        handle.initialize(to: pthread_cond_t())
        pthread_cond_init(handle, nil)
    }

    deinit {
        pthread_cond_destroy(handle)
        handle.deallocate()
    }

    /// Waits for the condition. The caller holds `mutex`, which is released during the wait.
    func wait(_ mutex: PosixMutex) { pthread_cond_wait(handle, mutex.handle) }
    func broadcast() { pthread_cond_broadcast(handle) }
}
