import Concurrency
import Jobs
import Pipeline

/// Runs the ledger's calls on a dedicated thread, because all of them block.
package actor JobStore {
    private let executor = ThreadExecutor(name: "ledger")
    private let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the ledger of a state folder.
    package static func open(state: String) async throws -> JobStore {
        let ledger = try await DedicatedThread.run(name: "ledger", onCancel: {}) {
            try Ledger(path: "\(state)/ledger.sqlite")
        }
        return JobStore(ledger)
    }

    package func callAsFunction<Result: Sendable>(
        _ body: @Sendable (Ledger) throws(LedgerError) -> Result
    ) throws(LedgerError) -> Result {
        try body(ledger)
    }

    /// Calls the ledger on the current thread, which must be one that may block.
    nonisolated func onThisThread(_ body: (Ledger) throws(LedgerError) -> Void) throws(LedgerError) {
        try body(ledger)
    }

    package nonisolated func changes() -> AsyncStream<Job.ID> {
        ledger.changes()
    }
}
