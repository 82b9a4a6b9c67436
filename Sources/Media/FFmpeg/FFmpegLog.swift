import CFFmpeg
import Glibc
import Synchronization

/// Redirects the messages that FFmpeg and its SRT library would write to standard error. Messages during a call that
/// opens an input or output are collected for the caller, because FFmpeg's error code rarely reveals the cause.
public enum FFmpegLog {
    private static let once: Void = {
        av_log_set_level(AV_LOG_ERROR)
        av_log_set_callback { _, level, format, arguments in
            guard (0...AV_LOG_ERROR).contains(level & 0xFF), let format, let arguments else { return }
            FFmpegLog.record(format, arguments)
        }
        SRTLog.divert()
    }()

    /// The messages of each collecting thread.
    private static let collected = Mutex<[pthread_t: [String]]>([:])
    private static let maximumLines = 16

    /// Silences FFmpeg in the whole process; every entry point to FFmpeg calls it first.
    public static func silence() {
        _ = once
    }

    /// Collects FFmpeg's messages on this thread until `endCollecting`.
    public static func beginCollecting() {
        silence()
        collected.withLock { $0[pthread_self()] = [] }
    }

    /// - Returns: the first lines, unchanged; they may contain the address including its password.
    public static func endCollecting() -> [String] {
        collected.withLock { $0.removeValue(forKey: pthread_self()) } ?? []
    }

    private static func record(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) {
        let thread = pthread_self()
        guard collected.withLock({ ($0[thread]?.count ?? .max) < maximumLines }) else { return }
        let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress, vsnprintf(base, buffer.count, format, arguments) > 0 else { return "" }
            return String(cString: base)
        }
        collected.withLock { $0[thread]?.append(line) }
    }
}
