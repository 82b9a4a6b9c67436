import Synchronization
import TestSupport
import Testing

@Suite struct ExclusiveTurnTests {
    /// Counts the tasks that have the turn now, and those that have had it.
    private final class Counts: Sendable {
        private let state = Mutex((inside: 0, most: 0, all: 0))
        var most: Int { state.withLock { $0.most } }
        var all: Int { state.withLock { $0.all } }

        func enter() {
            state.withLock {
                $0.inside += 1
                $0.most = max($0.most, $0.inside)
                $0.all += 1
            }
        }

        func leave() {
            state.withLock { $0.inside -= 1 }
        }
    }

    @Test func onlyOneTaskHasTheTurnAndAllGetIt() async throws {
        let turn = ExclusiveTurn()
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await turn.hold {
                        counts.enter()
                        await Task.yield()
                        counts.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.most == 1)
        #expect(counts.all == 50)
    }

    @Test func errorReleasesTheTurn() async throws {
        let turn = ExclusiveTurn()
        let counts = Counts()
        await #expect(throws: CancellationError.self) { try await turn.hold { throw CancellationError() } }
        try await turn.hold { counts.enter() }
        #expect(counts.all == 1)
    }
}
