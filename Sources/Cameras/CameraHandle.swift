import Concurrency
import DaemonConfiguration
import Pipeline
import Synchronization

/// What outlives a camera's connections: its settings, its numbers, its preview and the history of its connections.
package struct CameraHandle: Sendable {
    package let settings: CameraSettings
    package let report: LiveReport
    package let preview: LivePreview
    package let connections: ConnectionMonitor

    /// - Parameter clock: measures the duration of outages.
    package init(_ settings: CameraSettings, clock: any Clock<Duration> = ContinuousClock()) {
        self.settings = settings
        report = LiveReport()
        preview = LivePreview(rate: settings.previewRate)
        connections = ConnectionMonitor(settings: settings, stopwatch: Stopwatch(clock))
    }

    /// Whether frames arrive and are drawn.
    var isUp: Bool { [.up, .degraded].contains(health().state) }

    /// The camera's health, with the reason.
    package func health() -> CameraHealth.Verdict {
        connections.verdict(report.snapshot)
    }
}

/// A camera's state as the HTTP interface and MQTT report it. Contains no secrets.
package struct CameraStatus: Sendable {
    package var name: String
    /// The address without secrets.
    package var url: String
    package var statistics: LiveStatistics
    /// The health as one word, and the reason as text.
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

extension CameraStatus {
    package init(_ entry: CameraHandle) {
        let verdict = entry.health()
        self.init(
            name: entry.settings.name, url: entry.settings.url.redacted, statistics: entry.report.snapshot,
            state: verdict.state.rawValue, reason: verdict.reason, preview: entry.preview)
    }
}

/// The configured cameras; a reload replaces them.
package final class CameraRegistry: Sendable {
    private let entries = Mutex<[CameraHandle]>([])

    package init() {}

    /// In the order of the configuration.
    package var all: [CameraHandle] { entries.withLock { $0 } }

    /// Nil if no camera has this name, or no longer.
    package subscript(name: String) -> CameraHandle? {
        entries.withLock { $0.first { $0.settings.name == name } }
    }

    package func replace(_ new: [CameraHandle]) {
        entries.withLock { $0 = new }
    }
}

/// The health of all cameras together.
package struct CameraSummary: Sendable, Equatable {
    package var count: Int
    /// The number of cameras whose frames arrive and are drawn.
    package var up: Int
    /// The largest lag of these cameras, in seconds; nil if no lag is known.
    package var lag: Double?

    package init(count: Int, up: Int, lag: Double? = nil) {
        self.count = count
        self.up = up
        self.lag = lag
    }

    package init(_ entries: [CameraHandle]) {
        let available = entries.filter(\.isUp)
        count = entries.count
        up = available.count
        lag = available.compactMap(\.report.snapshot.lag).max()
    }

    /// "3/4 cameras up, lag 0.8 s"; nil without cameras.
    package var text: String? {
        guard count > 0 else { return nil }
        let lag = lag.map { ", lag \(NumberText.tenths($0)) s" } ?? ""
        return "\(up)/\(count) \(count == 1 ? "camera" : "cameras") up\(lag)"
    }
}
