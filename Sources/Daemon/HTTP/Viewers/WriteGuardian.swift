import Synchronization

/// Notices that one write takes too long, from beside it: what waits for a client cannot look at the clock.
final class WriteGuardian: Sendable {
    private struct State {
        var number: UInt64 = 0
        var isWriting = false
    }

    private let state = Mutex(State())

    /// A write begins.
    func begin() {
        state.withLock { state in
            state.number += 1
            state.isWriting = true
        }
    }

    /// It is over.
    func end() {
        state.withLock { $0.isWriting = false }
    }

    /// Returns true once a write has taken longer than `patience`, after twice as long at the latest; false when the task is
    /// cancelled.
    func findsStall(patience: Duration, clock: any Clock<Duration>) async -> Bool {
        var seen: UInt64?
        while (try? await clock.sleep(for: patience)) != nil {
            let current = state.withLock { $0.isWriting ? $0.number : nil }
            if let current, current == seen { return true }
            seen = current
        }
        return false
    }
}
