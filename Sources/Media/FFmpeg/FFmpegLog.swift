import CFFmpeg
import Glibc
import Synchronization

/// FFmpeg and its SRT library write to standard error on their own account. Nothing of theirs gets there; what they say of an
/// open call that failed is kept for whoever made it, since the error's number seldom tells the cause.
public enum FFmpegLog {
    private static let once: Void = {
        av_log_set_level(AV_LOG_ERROR)
        av_log_set_callback { _, level, format, arguments in
            guard (0...AV_LOG_ERROR).contains(level & 0xFF), let format, let arguments else { return }
            FFmpegLog.note(format, arguments)
        }
        SRTLog.divert()
    }()

    /// What is said on the threads that collect, by thread.
    private static let collected = Mutex<[pthread_t: [String]]>([:])
    private static let maximumLines = 16

    /// For the whole process; every way into FFmpeg calls it first.
    public static func silence() {
        _ = once
    }

    /// From now on keeps what FFmpeg says on this thread, until `endCollecting`.
    public static func beginCollecting() {
        silence()
        collected.withLock { $0[pthread_self()] = [] }
    }

    /// - Returns: the first lines that were said, as FFmpeg wrote them: they may hold the address, password and all.
    public static func endCollecting() -> [String] {
        collected.withLock { $0.removeValue(forKey: pthread_self()) } ?? []
    }

    private static func note(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) {
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
