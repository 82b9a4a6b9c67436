import CoreMetrics
import Pipeline

/// The cameras' numbers, brought up to date at each look: the cameras' threads count in their reports alone.
struct CameraMetrics {
    private let factory: any MetricsFactory
    private var series: [String: CameraSeries] = [:]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// A camera that is no longer there is shown no more; one that was restarted counts on.
    mutating func update(_ entries: [CameraEntry]) {
        let names = Set(entries.map(\.settings.name))
        let factory = factory
        for (name, old) in series where !names.contains(name) {
            old.destroy()
            series[name] = nil
        }
        for entry in entries {
            let name = entry.settings.name
            series[name, default: CameraSeries(name, factory: factory)].update(entry)
        }
    }
}
