import CFFmpeg

/// FFmpeg writes to standard error on its own account; what matters of it arrives as values and errors.
public enum FFmpegLog {
    private static let once: Void = av_log_set_level(AV_LOG_QUIET)

    /// For the whole process; every way into FFmpeg calls it first.
    public static func silence() {
        _ = once
    }
}
