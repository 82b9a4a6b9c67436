import CoreMetrics
import Synchronization

/// The process's metrics, exported for Prometheus.
///
/// Counters get the suffix `_total`. A `Meter` and a non-aggregating `Recorder` are gauges; an aggregating `Recorder`
/// and a `Timer` are histograms, a timer's in seconds. Characters that the format does not allow in names become `_`.
///
/// A metric exports at most `seriesLimit` combinations of label values; further ones are counted in one shared series,
/// with `other` for every value, so that no input makes the process or its scraper grow without bound.
public final class PrometheusFactory: MetricsFactory {
    /// The maximum number of series of a metric, without the shared one.
    public static let seriesLimit = 200

    /// The default upper bounds of histograms, in seconds: from a request or a window to a whole film.
    public static let defaultBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
    ]

    private let buckets: [String: [Double]]
    private let help: [String: String]
    private let registry = Mutex(MetricRegistry())

    /// - Parameters:
    ///   - buckets: the upper bounds of histograms' buckets by label, without the infinite one.
    ///   - help: a one-sentence description of metrics by label.
    public init(buckets: [String: [Double]] = [:], help: [String: String] = [:]) {
        self.buckets = buckets.mapValues { Set($0.filter(\.isFinite)).sorted() }
        self.help = help
    }

    /// All current metrics in the text exposition format 0.0.4, sorted by name and labels.
    public func text() -> String {
        let snapshot = registry.withLock { $0 }
        return snapshot.text()
    }

    // MARK: Making

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) }
        return gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    // MARK: Destroying

    public func destroyCounter(_ handler: any CounterHandler) {
        remove(handler, from: \.counters)
    }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler, from: \.counters)
    }

    public func destroyMeter(_ handler: any MeterHandler) {
        remove(handler, from: \.gauges)
    }

    public func destroyRecorder(_ handler: any RecorderHandler) {
        remove(handler, from: \.gauges)
        remove(handler, from: \.histograms)
    }

    public func destroyTimer(_ handler: any TimerHandler) {
        remove(handler, from: \.histograms)
    }

    // MARK: Series

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let name = PrometheusName.counter(label)
        return series(in: \.counters, label, name, LabelSet(dimensions), claiming: [name], make: CounterSeries.init)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let name = PrometheusName.metric(label)
        return series(in: \.gauges, label, name, LabelSet(dimensions), claiming: [name], make: GaugeSeries.init)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let name = PrometheusName.metric(label)
        let claims = [name, name + "_bucket", name + "_sum", name + "_count"]
        let bounds = buckets[label] ?? Self.defaultBuckets
        // The format uses the label `le` of histograms itself.
        let labels = LabelSet(dimensions, reserved: "le")
        return series(in: \.histograms, label, name, labels, claiming: claims) { HistogramSeries($0, bounds: bounds) }
    }

    private func series<Series>(
        in families: WritableKeyPath<MetricRegistry, [String: MetricFamily<Series>]>, _ label: String, _ name: String,
        _ labels: LabelSet, claiming claims: [String], make: (LabelSet) -> Series
    ) -> Series {
        registry.withLock { registry in
            guard registry.claim(claims, for: name, families) else { return make(labels) }
            return registry[keyPath: families][name, default: MetricFamily(name: name, help: help[label])]
                .series(labels, limit: Self.seriesLimit, make: make)
        }
    }

    private func remove<Series>(
        _ handler: AnyObject, from families: WritableKeyPath<MetricRegistry, [String: MetricFamily<Series>]>
    ) {
        guard let series = handler as? Series else { return }
        registry.withLock { registry in
            for name in registry[keyPath: families].keys { registry[keyPath: families][name]?.remove(series) }
        }
    }
}
