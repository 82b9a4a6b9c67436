import Synchronization

/// Announces changed jobs to any number of listeners. A slow listener loses the oldest announcements, never the newest.
final class ChangeBroadcaster: Sendable {
    /// Announcements that are buffered for each listener.
    static let capacity = 256

    private struct Listeners {
        var nextNumber = 0
        var continuations: [Int: AsyncStream<Job.ID>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    deinit {
        for continuation in listeners.withLock({ $0.continuations }).values { continuation.finish() }
    }

    /// All announcements from now on; the stream ends with the broadcaster.
    func listen() -> AsyncStream<Job.ID> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Job.ID.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        let number = listeners.withLock { listeners in
            listeners.nextNumber += 1
            listeners.continuations[listeners.nextNumber] = continuation
            return listeners.nextNumber
        }
        continuation.onTermination = { [weak self] _ in self?.remove(number) }
        return stream
    }

    func announce(_ id: Job.ID) {
        // Outside of the lock: a listener that wakes may call back.
        for continuation in listeners.withLock({ $0.continuations }).values { continuation.yield(id) }
    }

    var listenerCount: Int { listeners.withLock { $0.continuations.count } }

    private func remove(_ number: Int) {
        _ = listeners.withLock { $0.continuations.removeValue(forKey: number) }
    }
}
