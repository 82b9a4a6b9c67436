import Synchronization

/// Counts the work of a job's threads and reports the progress.
final class ProgressTally: Sendable {
    private struct State {
        var frames = 0
        var totalFrames: Int?
        var windows = 0
        var mediaSeconds = 0.0
        var activity: String?
    }

    private let state = Mutex(State())
    private let start: ContinuousClock.Instant
    private let clock = ContinuousClock()
    private let report: @Sendable (JobProgress) -> Void

    /// - Parameter report: called after every frame, window, pass within a window and change of activity, on the thread
    ///   concerned.
    init(report: @escaping @Sendable (JobProgress) -> Void) {
        self.report = report
        start = clock.now
    }

    func expect(frames: Int?) {
        state.withLock { $0.totalFrames = frames }
    }

    /// - Parameter activity: the activity from now on.
    func begin(_ activity: String) {
        state.withLock { $0.activity = activity }
        report(progress)
    }

    /// Signals the end of all activities.
    func end() {
        state.withLock { $0.activity = nil }
    }

    func finishWindow() {
        state.withLock { $0.windows += 1 }
        report(progress)
    }

    /// Reports that a pass within a window is finished.
    func advance() {
        report(progress)
    }

    /// - Parameter end: the finished seconds of the source, including this frame.
    func finishFrame(end: Double) {
        state.withLock {
            $0.frames += 1
            $0.mediaSeconds = max($0.mediaSeconds, end)
        }
        report(progress)
    }

    var progress: JobProgress {
        let elapsed = (clock.now - start) / .seconds(1)
        return state.withLock {
            JobProgress(
                frames: $0.frames, totalFrames: $0.totalFrames, windows: $0.windows, mediaSeconds: $0.mediaSeconds,
                elapsedSeconds: elapsed, activity: $0.activity)
        }
    }
}
