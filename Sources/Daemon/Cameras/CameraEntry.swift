import Concurrency
import DaemonConfiguration
import Pipeline

/// What is to be seen of a camera.
struct CameraEntry: Sendable {
    let settings: CameraSettings
    let report: LiveReport
    let preview: LivePreview
    let record: CameraRecord

    /// - Parameter clock: by which it is told how long a camera is away.
    init(_ settings: CameraSettings, clock: any Clock<Duration> = ContinuousClock()) {
        self.settings = settings
        report = LiveReport()
        preview = LivePreview(rate: settings.previewRate)
        record = CameraRecord(settings: settings, stopwatch: Stopwatch(clock))
    }

    /// Whether pictures come, and something comes of them.
    var isUp: Bool { [.up, .degraded].contains(health().state) }

    /// How it fares now, in words.
    func health() -> CameraHealth.Verdict {
        record.verdict(report.snapshot)
    }
}
