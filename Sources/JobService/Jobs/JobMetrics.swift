import CoreMetrics
import Pipeline

/// What is counted of jobs.
package struct JobMetrics: Sendable {
    package enum WarningKind: String, Sendable {
        /// A new configuration that is wrong.
        case configuration
        /// Something in a video that was decoded around.
        case video
        /// A source that cannot be moved or deleted.
        case source
        /// A ledger that cannot be written.
        case ledger
        /// A folder that cannot be read.
        case folder
    }

    private let done = Counter(label: "saliencyd_jobs", dimensions: [("state", "done")])
    private let failures = Counter(label: "saliencyd_jobs", dimensions: [("state", "failed")])
    private let retries = Counter(label: "saliencyd_job_retries")
    private let known = Counter(label: "saliencyd_jobs_known")
    private let frames = Counter(label: "saliencyd_frames")
    private let windows = Counter(label: "saliencyd_windows")
    private let seconds = Recorder(label: "saliencyd_job_seconds", aggregate: true)
    private let windowSeconds = Recorder(label: "saliencyd_window_seconds", aggregate: true)

    package init() {}

    package func finished(seconds: Double) {
        done.increment()
        self.seconds.record(seconds)
    }

    package func failed() {
        failures.increment()
    }

    func retried() {
        retries.increment()
    }

    /// Content that was dropped before.
    func foundKnown() {
        known.increment()
    }

    package func warned(_ kind: WarningKind, by count: Int = 1) {
        guard count > 0 else { return }
        Counter(label: "saliencyd_warnings", dimensions: [("kind", kind.rawValue)]).increment(by: count)
    }

    /// The step from one report of a job to the next.
    func advanced(_ progress: JobProgress, since last: JobProgress?) {
        frames.increment(by: max(0, progress.frames - (last?.frames ?? 0)))
        let windows = max(0, progress.windows - (last?.windows ?? 0))
        guard windows > 0 else { return }
        self.windows.increment(by: windows)
        let elapsed = progress.elapsedSeconds - (last?.elapsedSeconds ?? 0)
        windowSeconds.record(elapsed / Double(windows))
    }
}
