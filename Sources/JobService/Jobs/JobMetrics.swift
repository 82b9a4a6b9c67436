import CoreMetrics
import Pipeline

/// Metrics of jobs.
package struct JobMetrics: Sendable {
    package enum WarningKind: String, Sendable {
        /// A new configuration is invalid.
        case configuration
        /// Damage in a video that was skipped while decoding.
        case video
        /// A source cannot be moved or deleted.
        case source
        /// The ledger cannot be written.
        case ledger
        /// A folder cannot be read.
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

    /// Counts content that was dropped before.
    func foundKnown() {
        known.increment()
    }

    package func warned(_ kind: WarningKind, by count: Int = 1) {
        guard count > 0 else { return }
        Counter(label: "saliencyd_warnings", dimensions: [("kind", kind.rawValue)]).increment(by: count)
    }

    /// Counts the progress from one report of a job to the next.
    func advanced(_ progress: JobProgress, since last: JobProgress?) {
        frames.increment(by: max(0, progress.frames - (last?.frames ?? 0)))
        let windows = max(0, progress.windows - (last?.windows ?? 0))
        guard windows > 0 else { return }
        self.windows.increment(by: windows)
        let elapsed = progress.elapsedSeconds - (last?.elapsedSeconds ?? 0)
        windowSeconds.record(elapsed / Double(windows))
    }
}
