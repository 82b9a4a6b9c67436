import Glibc
import Synchronization

/// Writes log lines to standard error. A reader that stops reading costs lines, but never blocks the daemon.
///
/// A line waits at most `timeout` for room; after a lost line, the following lines do not wait. The first line that can
/// be written again is preceded by one that reports how many were lost.
public final class StandardErrorWriter: LogWriter {
    /// The writer for the process's standard error.
    public static let shared = StandardErrorWriter()

    private static let timeout = Duration.milliseconds(100)

    private let state: Mutex<State>

    private struct State: ~Copyable {
        var output: LogOutput
        var lost = 0
        /// Whether the last line was truncated.
        var isMidLine = false
    }

    /// - Parameter descriptor: remains owned by the caller and must stay open.
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

/// A destination of log lines.
public protocol LogWriter: Sendable {
    /// Writes one line with its line break. The line may be dropped, but the caller is never blocked indefinitely.
    ///
    /// - Parameter lossNotice: makes the line that reports how many lines were dropped before this one, if any were.
    func write(_ line: String, lossNotice: (_ count: Int) -> String)
}
