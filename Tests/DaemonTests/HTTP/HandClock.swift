import Synchronization

/// A clock that only a test advances, and that reports when somebody waits for it.
final class HandClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Swift.Duration

        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var count = 0
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Swift.Duration>
    private let arrival: AsyncStream<Swift.Duration>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream(of: Swift.Duration.self)
    }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Swift.Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, wait) = state.withLock { state in
                    let isCancelled = state.cancelled.contains(number)
                    if !isCancelled {
                        state.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
                    }
                    return (isCancelled, deadline.offset - state.now.offset)
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { arrival.yield(wait) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until somebody sleeps; returns the duration of the sleep.
    func sleeper() async -> Swift.Duration? {
        var iterator = arrivals.makeAsyncIterator()
        return await iterator.next()
    }

    func advance(by duration: Swift.Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }
}
