import CoreMetrics
import Pipeline

/// The cameras' metrics, updated at each pass of the status service; the cameras' threads only update their reports.
package struct CameraMetrics {
    private let factory: any MetricsFactory
    private var series: [String: CameraSeries] = [:]

    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// Removes the metrics of removed cameras; the counters of restarted cameras continue.
    package mutating func update(_ entries: [CameraHandle]) {
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

/// One camera's metrics.
struct CameraSeries {
    private let name: String
    private let factory: any MetricsFactory
    private let counters: [Counter]
    private let reconnects: Counter
    private let stalls: Counter
    private let previews: Counter
    /// The gauges that have a value now.
    private var gauges: [String: Meter] = [:]
    private var zones: [String: Meter] = [:]
    private var counted: Counted?

    /// The numbers that are already counted.
    private struct Counted {
        var report: LiveReport
        var statistics = LiveStatistics()
        var reconnects: UInt64 = 0
        var stalls: UInt64 = 0
        var previews: UInt64 = 0
    }

    init(_ name: String, factory: any MetricsFactory) {
        self.name = name
        self.factory = factory
        func counter(_ metric: String) -> Counter {
            Counter(label: Self.label(metric), dimensions: [("camera", name)], factory: factory)
        }
        counters = LiveStatistics.counters.map { counter($0.metric) }
        reconnects = counter("reconnects")
        stalls = counter("stalls")
        previews = counter("previews")
    }

    mutating func update(_ entry: CameraHandle) {
        let now = entry.report.snapshot
        // A restarted camera counts from 0.
        var counted = counted.flatMap { $0.report === entry.report ? $0 : nil } ?? Counted(report: entry.report)
        for (counter, value) in zip(counters, LiveStatistics.counters.map(\.value)) {
            Self.count(counter, now[keyPath: value], since: counted.statistics[keyPath: value])
        }
        counted.statistics = now
        let (newReconnects, newStalls) = (entry.connections.reconnects, entry.connections.stalls)
        Self.count(reconnects, newReconnects, since: counted.reconnects)
        Self.count(stalls, newStalls, since: counted.stalls)
        (counted.reconnects, counted.stalls) = (newReconnects, newStalls)
        let newPreviews = entry.preview.publishedCount
        Self.count(previews, newPreviews, since: counted.previews)
        counted.previews = newPreviews
        self.counted = counted
        let isUp = entry.isUp
        set("up", isUp ? 1 : 0)
        set("connection", Double(now.connection))
        set("viewers", Double(entry.preview.viewerCount))
        // An outdated number would be taken for the current one.
        set("lag_seconds", isUp ? now.lag : nil)
        set("stride", isUp ? now.stride.map(Double.init) : nil)
        set("window_seconds", isUp ? now.windowSeconds : nil)
        set(zones: isUp ? now.zones : [])
    }

    /// Removes the camera's metrics.
    func destroy() {
        for counter in counters + [reconnects, stalls, previews] { counter.destroy() }
        for gauge in gauges.values { gauge.destroy() }
        for gauge in zones.values { gauge.destroy() }
    }

    private mutating func set(_ metric: String, _ value: Double?) {
        guard let value else {
            gauges.removeValue(forKey: metric)?.destroy()
            return
        }
        let gauge =
            gauges[metric]
            ?? Meter(label: Self.label(metric), dimensions: [("camera", name)], factory: factory)
        gauge.set(value)
        gauges[metric] = gauge
    }

    private mutating func set(zones shares: [ZoneShare]) {
        for (zone, gauge) in zones where !shares.contains(where: { $0.name == zone }) {
            gauge.destroy()
            zones[zone] = nil
        }
        for share in shares {
            let gauge =
                zones[share.name]
                ?? Meter(
                    label: Self.label("zone_share"), dimensions: [("camera", name), ("zone", share.name)],
                    factory: factory)
            gauge.set(share.share)
            zones[share.name] = gauge
        }
    }

    private static func label(_ metric: String) -> String { "saliencyd_camera_\(metric)" }

    private static func count(_ counter: Counter, _ now: UInt64, since last: UInt64) {
        guard now > last else { return }
        counter.increment(by: Int64(clamping: now - last))
    }
}
