import CCrash
import Glibc

/// Threads for work that blocks (FFmpeg, the engine, queues), away from Swift's cooperative pool.
public enum DedicatedThread {
    /// Runs `body` on a new thread and suspends the caller until it returns, without blocking a thread of the
    /// cooperative pool.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`; Linux truncates it to 15 bytes.
    ///   - onCancel: called, on any thread, when the task is cancelled; it must make `body` return soon.
    ///   - body: always runs to its end, also after cancellation.
    /// - Throws: what `body` throws; `ThreadError` if the system cannot create a thread.
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

    /// Runs `body` on a new detached thread.
    ///
    /// - Parameter name: as for `run`.
    /// - Returns: false if the system cannot create a thread; then `body` does not run.
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

    /// - Returns: 0, or an `errno` value.
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

    /// Writes the name to /proc, because Swift does not import pthread_setname_np, a GNU extension.
    private static func nameThisThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}

/// The error when a thread cannot be started.
public struct ThreadError: Error, Sendable, Equatable {
    /// The name intended for the thread.
    public var name: String
    /// An `errno` value: EAGAIN if the limit of threads is reached.
    public var systemError: Int32

    public init(name: String, systemError: Int32) {
        self.name = name
        self.systemError = systemError
    }
}

extension ThreadError: CustomStringConvertible {
    public var description: String {
        "the thread \"\(name)\" cannot be started: \(String(cString: strerror(systemError))); "
            + "raise the limit of threads (ulimit -u, TasksMax=), or run fewer jobs at a time"
    }
}
