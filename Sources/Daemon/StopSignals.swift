import Concurrency
import Dispatch
import FoundationEssentials
import Glibc
import Pipeline
import Synchronization

/// Turns Ctrl-C, SIGTERM and SIGHUP, a terminal that is closed, into a `StopRequest` while a job runs.
enum StopSignals {
    /// Runs `job`; the first signal lets it end soon, and a second Ctrl-C stops it at once.
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

    /// Runs `job`, which at the first signal stops at once and leaves nothing.
    static func cancelling<Result>(job: (StopRequest) async throws -> Result) async rethrows -> Result {
        let stop = StopRequest()
        return try await passing(to: stop) {
            stop.abort.cancel()
        } job: {
            try await job(stop)
        }
    }

    /// Runs `job`, which at the first signal finishes the window and the file it is at; `reporter` says so then.
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

    /// Runs `job`.
    ///
    /// - Parameters:
    ///   - onFirst: called once, on any thread, when the first signal arrives.
    ///   - onSecond: called at every further Ctrl-C.
    static func calling<Result>(
        _ onFirst: @escaping @Sendable () -> Void, onSecond: @escaping @Sendable () -> Void,
        job: () async throws -> Result
    ) async rethrows -> Result {
        let counter = SignalCounter()
        let numbers = [SIGINT, SIGTERM, SIGHUP].filter(isHeeded)
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

    /// False for a SIGHUP that this process was started to ignore, as by nohup(1).
    private static func isHeeded(_ number: Int32) -> Bool {
        guard number == SIGHUP else { return true }
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return true }
        // Swift compares no function pointers; both are plain C ones of a pointer's size, and only their addresses are looked at.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            != unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

private final class SignalCounter: Sendable {
    private let count = Atomic<Int>(0)

    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
