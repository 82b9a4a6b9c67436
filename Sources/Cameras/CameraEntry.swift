import Concurrency
import DaemonConfiguration
import Pipeline
import Synchronization

/// What is to be seen of a camera.
package struct CameraEntry: Sendable {
    package let settings: CameraSettings
    package let report: LiveReport
    package let preview: LivePreview
    package let record: ConnectionHistory

    /// - Parameter clock: by which it is told how long a camera is disconnected.
    package init(_ settings: CameraSettings, clock: any Clock<Duration> = ContinuousClock()) {
        self.settings = settings
        report = LiveReport()
        preview = LivePreview(rate: settings.previewRate)
        record = ConnectionHistory(settings: settings, stopwatch: Stopwatch(clock))
    }

    /// Whether frames arrive, and something comes of them.
    var isUp: Bool { [.up, .degraded].contains(health().state) }

    /// Its health, in words.
    package func health() -> CameraHealth.Verdict {
        record.verdict(report.snapshot)
    }
}

/// A camera as others see it: its numbers, how it does, and its frames. No secrets.
package struct CameraView: Sendable {
    package var name: String
    /// Its address as it may be shown.
    package var url: String
    package var statistics: LiveStatistics
    /// How it does, in one word and in words with the reason.
    package var state: String
    package var reason: String
    package var preview: LivePreview

    package init(
        name: String, url: String, statistics: LiveStatistics, state: String, reason: String, preview: LivePreview
    ) {
        self.name = name
        self.url = url
        self.statistics = statistics
        self.state = state
        self.reason = reason
        self.preview = preview
    }
}

extension CameraView {
    package init(_ entry: CameraEntry) {
        let verdict = entry.health()
        self.init(
            name: entry.settings.name, url: entry.settings.url.redacted, statistics: entry.report.snapshot,
            state: verdict.state.rawValue, reason: verdict.reason, preview: entry.preview)
    }
}

/// The cameras as they are set now; a reload changes them.
package final class CameraRegistry: Sendable {
    private let entries = Mutex<[CameraEntry]>([])

    package init() {}

    /// In the order of the configuration.
    package var all: [CameraEntry] { entries.withLock { $0 } }

    /// Nil for a name that is no camera's, or no longer.
    package subscript(name: String) -> CameraEntry? {
        entries.withLock { $0.first { $0.settings.name == name } }
    }

    package func replace(_ new: [CameraEntry]) {
        entries.withLock { $0 = new }
    }
}

/// How the cameras fare together.
package struct CameraOverview: Sendable, Equatable {
    package var count: Int
    /// Those whose frames arrive and are drawn.
    package var up: Int
    /// Seconds, of the camera that is furthest behind; nil if none says.
    package var lag: Double?

    package init(count: Int, up: Int, lag: Double? = nil) {
        self.count = count
        self.up = up
        self.lag = lag
    }

    package init(_ entries: [CameraEntry]) {
        let present = entries.filter(\.isUp)
        count = entries.count
        up = present.count
        lag = present.compactMap(\.report.snapshot.lag).max()
    }

    /// "3/4 cameras up, lag 0.8 s"; nil without cameras.
    package var text: String? {
        guard count > 0 else { return nil }
        let lag = lag.map { ", lag \(NumberText.tenths($0)) s" } ?? ""
        return "\(up)/\(count) \(count == 1 ? "camera" : "cameras") up\(lag)"
    }
}
