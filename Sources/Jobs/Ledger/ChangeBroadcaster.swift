import Synchronization

/// Tells any number of listeners which jobs changed. A slow listener loses the oldest news, never the newest.
final class ChangeBroadcaster: Sendable {
    /// Per listener.
    static let capacity = 256

    private struct Listeners {
        var nextNumber = 0
        var continuations: [Int: AsyncStream<Job.ID>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    deinit {
        for continuation in listeners.withLock({ $0.continuations }).values { continuation.finish() }
    }

    /// Everything that is announced from now on; ends with the broadcaster.
    func listen() -> AsyncStream<Job.ID> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Job.ID.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        let number = listeners.withLock { listeners in
            listeners.nextNumber += 1
            listeners.continuations[listeners.nextNumber] = continuation
            return listeners.nextNumber
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number) }
        return stream
    }

    func announce(_ id: Job.ID) {
        // Not under the lock: what a listener does on waking is its own business.
        for continuation in listeners.withLock({ $0.continuations }).values { continuation.yield(id) }
    }

    var listenerCount: Int { listeners.withLock { $0.continuations.count } }

    private func forget(_ number: Int) {
        _ = listeners.withLock { $0.continuations.removeValue(forKey: number) }
    }
}
