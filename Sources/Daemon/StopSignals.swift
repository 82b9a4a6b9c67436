import Concurrency
import Dispatch
import FoundationEssentials
import Glibc
import Pipeline
import Synchronization

/// Converts Ctrl-C, SIGTERM, and SIGHUP (a closed terminal) to a `StopRequest` while a job runs.
enum StopSignals {
    /// Runs `job`; the first signal makes it end soon, a second Ctrl-C stops it immediately.
    ///
    /// - Parameter onFirst: called once, on any thread, when the first signal arrives.
    static func passing<Result>(
        to request: StopRequest, onFirst: @escaping @Sendable () -> Void, job: () async throws -> Result
    ) async rethrows -> Result {
        try await calling {
            request.finishSoon()
            onFirst()
        } onSecond: {
            request.abort.cancel()
        } job: {
            try await job()
        }
    }

    /// Runs `job`, which stops immediately at the first signal and leaves no files.
    static func cancelling<Result>(job: (StopRequest) async throws -> Result) async rethrows -> Result {
        let stop = StopRequest()
        return try await passing(to: stop) {
            stop.abort.cancel()
        } job: {
            try await job(stop)
        }
    }

    /// Runs `job`, which at the first signal finishes its current window and file; `reporter` then prints a message.
    static func finishing<Result>(
        _ reporter: ProgressReporter, job: (StopRequest) async throws -> Result
    ) async rethrows -> Result {
        let stop = StopRequest()
        return try await passing(to: stop) {
            reporter.note("Finishing the current window; press Ctrl-C again to stop at once.")
        } job: {
            try await job(stop)
        }
    }

    /// Runs `job` and calls closures for signals.
    ///
    /// - Parameters:
    ///   - onFirst: called once, on any thread, when the first signal arrives.
    ///   - onSecond: called at every further Ctrl-C.
    static func calling<Result>(
        _ onFirst: @escaping @Sendable () -> Void, onSecond: @escaping @Sendable () -> Void,
        job: () async throws -> Result
    ) async rethrows -> Result {
        let counter = SignalCounter()
        let numbers = [SIGINT, SIGTERM, SIGHUP].filter(isHandled)
        let sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if counter.increment() == 1 {
                    onFirst()
                } else if number == SIGINT {
                    onSecond()
                }
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in numbers { signal(number, SIG_DFL) }
        }
        return try await job()
    }

    /// False for SIGHUP if the process was started with it ignored, for example by nohup(1).
    private static func isHandled(_ number: Int32) -> Bool {
        guard number == SIGHUP else { return true }
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return true }
        // Swift cannot compare function pointers; both are plain C pointers, of which only the addresses are compared.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            != unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

private final class SignalCounter: Sendable {
    private let count = Atomic<Int>(0)

    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
