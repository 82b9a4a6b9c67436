import Foundation

/// Finds out by which clock a thread of this process waits in the kernel.
public enum FutexWait {
    /// `FUTEX_CLOCK_REALTIME` of futex(2).
    private static let wallClock = 0x100

    /// Checks repeatedly until the thread sleeps in a `futex` call with a time limit.
    ///
    /// - Parameter thread: the thread's number, as returned by `gettid`.
    /// - Returns: whether the wall clock ends its wait; nil if the kernel does not report it.
    public static func usesWallClock(thread: Int32) -> Bool? {
        while true {
            guard let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/syscall", encoding: .utf8) else {
                return nil
            }
            // The call's number and its arguments: address, operation, value, time limit.
            let words = text.split(separator: " ")
            let numbers = words.dropFirst().map { Int($0.dropFirst(2), radix: 16) ?? 0 }
            if words.first == futex, numbers.count > 3, numbers[3] != 0 { return numbers[1] & wallClock != 0 }
            sched_yield()
        }
    }

    /// Runs `body` on a new thread and checks the wait that it reaches; `end` makes it return.
    public static func usesWallClock(in body: @escaping @Sendable () -> Void, end: () -> Void) -> Bool? {
        let thread = DispatchSemaphore(value: 0)
        let finished = DispatchSemaphore(value: 0)
        // Written by the thread before it signals `thread`, and read after that.
        nonisolated(unsafe) var number: Int32 = 0
        Thread {
            number = current
            thread.signal()
            body()
            finished.signal()
        }.start()
        thread.wait()
        defer {
            end()
            finished.wait()
        }
        return usesWallClock(thread: number)
    }

    /// The calling thread's number.
    private static var current: Int32 {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        return link.flatMap { Int32($0.split(separator: "/").last ?? "") } ?? 0
    }

    #if arch(x86_64)
        private static let futex: Substring = "202"
    #else
        private static let futex: Substring = "98"
    #endif
}
