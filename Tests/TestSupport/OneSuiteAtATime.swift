import Synchronization
import Testing

/// Suites with this trait run one after another, whatever runs them: with `.serialized`, so do all of their tests.
///
/// Tests of other suites may run at the same time; `tools/test.sh` therefore gives suites with the tag `live` a process of
/// their own. The wait counts towards no test's time limit.
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

/// One at a time, in the order of asking.
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

    /// Gives the turn to the next, or leaves it free.
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
