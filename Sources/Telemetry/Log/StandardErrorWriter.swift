import Glibc
import Synchronization

/// Log lines on standard error, where a reader that stands still costs lines, never the daemon.
///
/// A line waits at most `timeout` for room, and while the reader stands still none after it waits at all. The first line
/// that passes again is preceded by one that tells how many were lost.
public final class StandardErrorWriter: LogWriter {
    /// For the process's standard error.
    public static let shared = StandardErrorWriter()

    private static let timeout = Duration.milliseconds(100)

    private let state: Mutex<State>

    private struct State: ~Copyable {
        var output: LogOutput
        var lost = 0
        /// Whether the last line was cut off before its end.
        var isMidLine = false
    }

    /// - Parameter descriptor: stays the caller's and open.
    init(descriptor: Int32 = STDERR_FILENO) {
        state = Mutex(State(output: LogOutput(descriptor: descriptor)))
    }

    public func write(_ line: String, lossNotice: (_ count: Int) -> String) {
        state.withLock { state in
            let notice = (state.isMidLine ? "\n" : "") + (state.lost > 0 ? lossNotice(state.lost) : "")
            let bytes = Array((notice + line).utf8)
            let written = state.output.write(bytes, timeout: state.lost > 0 ? .zero : Self.timeout)
            if written > 0 { state.isMidLine = bytes[written - 1] != UInt8(ascii: "\n") }
            if written >= notice.utf8.count { state.lost = 0 }
            if written < bytes.count { state.lost += 1 }
        }
    }
}

/// Where log lines go.
public protocol LogWriter: Sendable {
    /// Takes one line with its line break. It may be dropped, but never blocks the caller for good.
    ///
    /// - Parameter lossNotice: the line that tells how many lines were dropped before this one, for when some were.
    func write(_ line: String, lossNotice: (_ count: Int) -> String)
}
