import Synchronization
import Testing

/// Suites with this trait run one after another, however they are started; with `.serialized`, so do all of their
/// tests.
///
/// Tests of other suites may run at the same time; `tools/test.sh` therefore runs suites with the tag `live` in their
/// own process. Waiting does not count towards a test's time limit.
public struct OneSuiteAtATime: SuiteTrait, TestScoping {
    private static let turn = ExclusiveTurn()

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Self.turn.hold(function)
    }
}

extension Trait where Self == OneSuiteAtATime {
    public static var oneSuiteAtATime: Self { Self() }
}

/// A lock that is granted in the order of requests.
public final class ExclusiveTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Runs `body` exclusively.
    public func hold(_ body: @Sendable () async throws -> Void) async throws {
        await withCheckedContinuation { continuation in
            let isMine = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isMine { continuation.resume() }
        }
        defer { pass() }
        try await body()
    }

    /// Passes the lock to the next waiter, or releases it.
    private func pass() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
