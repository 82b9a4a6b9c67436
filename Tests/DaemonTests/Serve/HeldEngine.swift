import Concurrency
import Foundation
import TestSupport

@testable import Pipeline

/// Occupies the engine like a camera, so that a job computes a pass only when allowed.
final class HeldEngine: Sendable {
    private let scheduler: EngineScheduler
    private let held = DispatchSemaphore(value: 0)
    private let release = DispatchSemaphore(value: 0)

    init(_ scheduler: EngineScheduler) {
        self.scheduler = scheduler
    }

    /// Returns when the engine is occupied, until the next `letGo`.
    func hold() async throws {
        Thread { [self] in
            try? scheduler.turn(.camera, cancellation: Cancellation()) {
                held.signal()
                release.wait()
            }
        }.start()
        try await DedicatedThread.run(name: "hold", onCancel: {}) { [held] in held.wait() }
    }

    func letGo() { release.signal() }

    /// Waits until a job waits for the occupied engine: its source is open, and no window has been explained.
    func waitForJob() async {
        while scheduler.waiting.jobs == 0 { await Task.yield() }
    }
}
