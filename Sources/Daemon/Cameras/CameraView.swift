import Pipeline

/// A camera as others see it: its numbers, how it does, and its pictures. No secrets.
struct CameraView: Sendable {
    var name: String
    /// Its address as it may be shown.
    var url: String
    var statistics: LiveStatistics
    /// How it does, in one word and in words with the reason.
    var state: String
    var reason: String
    var preview: LivePreview
}

extension CameraView {
    init(_ entry: CameraEntry) {
        let verdict = entry.health()
        self.init(
            name: entry.settings.name, url: entry.settings.url.shown, statistics: entry.report.snapshot,
            state: verdict.state.rawValue, reason: verdict.reason, preview: entry.preview)
    }
}
