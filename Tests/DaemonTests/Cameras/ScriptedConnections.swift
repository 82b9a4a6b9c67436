import Concurrency
import Pipeline
import Synchronization

/// A camera's connections, which the camera starts and the test ends.
final class ScriptedConnections: Sendable {
    struct Begun: Sendable {
        var connection: Int
        var stop: StopRequest
    }

    private struct State {
        var running: CheckedContinuation<Void, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let beginnings: AsyncStream<Begun>
    private let beginning: AsyncStream<Begun>.Continuation

    init() {
        (beginnings, beginning) = AsyncStream.makeStream(of: Begun.self)
    }

    func connect(_ connection: Int, _ stop: StopRequest) async throws {
        state.withLock { $0.isCancelled = false }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if !state.isCancelled { state.running = continuation }
                    return state.isCancelled
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                beginning.yield(Begun(connection: connection, stop: stop))
            }
        } onCancel: {
            let running = state.withLock { state in
                state.isCancelled = true
                return state.running.take()
            }
            running?.resume(throwing: CancellationError())
        }
    }

    /// Waits for the next connection.
    func next() async throws -> Begun {
        var iterator = beginnings.makeAsyncIterator()
        guard let begun = await iterator.next() else { throw CancellationError() }
        return begun
    }

    /// Ends the current connection.
    func end(_ error: (any Error)? = nil) {
        let running = state.withLock { $0.running.take() }
        if let error { running?.resume(throwing: error) } else { running?.resume() }
    }
}
