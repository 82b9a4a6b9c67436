import CCrash
import Glibc

/// Threads for work that blocks (FFmpeg, the engine, queues), away from Swift's cooperative pool.
public enum DedicatedThread {
    /// Runs `body` on a new thread and waits for it as for any other child task, without holding a thread of the cooperative
    /// pool.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`; at most 15 bytes are kept by Linux.
    ///   - onCancel: called, on any thread, when the task is cancelled; it must make `body` return soon.
    ///   - body: always runs to its end.
    /// - Throws: what `body` throws; `ThreadError` if the system has no thread left for it.
    public static func run<Result: Sendable>(
        name: String, onCancel: @escaping @Sendable () -> Void, body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let status = create(name) { continuation.resume(with: Swift.Result { try body() }) }
                if status != 0 { continuation.resume(throwing: ThreadError(name: name, systemError: status)) }
            }
        } onCancel: {
            onCancel()
        }
    }

    /// Runs `body` on a new thread that nobody waits for.
    ///
    /// - Parameter name: as of `run`.
    /// - Returns: false if the system has no thread left for it: then `body` does not run.
    @discardableResult
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        create(name, body) == 0
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// - Returns: 0, or the error as errno has it.
    private static func create(_ name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
        let start = Unmanaged.passRetained(Start(name, body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                DedicatedThread.nameThisThread(start.name)
                saliency_use_crash_stack()
                start.body()
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            return status
        }
        pthread_detach(thread)
        return 0
    }

    /// By the kernel's file for it: Swift does not see pthread_setname_np, which is a GNU extension.
    private static func nameThisThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}

/// Why a thread cannot be started.
public struct ThreadError: Error, Sendable, Equatable {
    /// What the thread was to be called.
    public var name: String
    /// As errno has it: EAGAIN where the limit of threads is reached.
    public var systemError: Int32

    public init(name: String, systemError: Int32) {
        self.name = name
        self.systemError = systemError
    }
}

extension ThreadError: CustomStringConvertible {
    public var description: String {
        "the thread \"\(name)\" cannot be started: \(String(cString: strerror(systemError))); "
            + "raise the limit of threads (ulimit -u, TasksMax=), or run less at a time"
    }
}
