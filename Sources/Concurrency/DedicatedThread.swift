import CCrash
import Foundation

/// Blocking work (FFmpeg, the engine, queues) on a thread of its own, awaited like any other child task.
public enum DedicatedThread {
    /// Runs `body` on a new thread and waits for it without holding a thread of the cooperative pool.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`; at most 15 bytes are kept by Linux.
    ///   - onCancel: called, on any thread, when the task is cancelled; it must make `body` return soon.
    ///   - body: always runs to its end.
    public static func run<Result: Sendable>(
        name: String, onCancel: @escaping @Sendable () -> Void, body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    saliency_use_crash_stack()
                    continuation.resume(with: Swift.Result { try body() })
                }
                thread.name = name
                thread.start()
            }
        } onCancel: {
            onCancel()
        }
    }
}
