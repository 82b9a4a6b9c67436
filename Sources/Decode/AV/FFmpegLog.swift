import CFFmpeg

/// FFmpeg writes to stderr on its own account; what matters of it arrives here as values and errors.
enum FFmpegLog {
    private static let once: Void = av_log_set_level(AV_LOG_QUIET)

    static func silence() {
        _ = once
    }
}
