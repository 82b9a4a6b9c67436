import Synchronization

/// Counts what a job's threads did and reports it; a value that may be asked for at any time.
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

    /// - Parameter report: called after every frame, window, pass inside of a window and change of activity, from the thread that knows of it.
    init(report: @escaping @Sendable (JobProgress) -> Void) {
        self.report = report
        start = clock.now
    }

    func expect(frames: Int?) {
        state.withLock { $0.totalFrames = frames }
    }

    /// - Parameter activity: what is computed from now on.
    func begin(_ activity: String) {
        state.withLock { $0.activity = activity }
        report(progress)
    }

    /// Nothing more is computed.
    func end() {
        state.withLock { $0.activity = nil }
    }

    func finishWindow() {
        state.withLock { $0.windows += 1 }
        report(progress)
    }

    /// A pass inside of a window is done.
    func advance() {
        report(progress)
    }

    /// - Parameter end: seconds of the source that are done with this frame.
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
