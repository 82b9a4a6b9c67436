import CoreMetrics
import Synchronization

/// The values of one metric for one set of labels; may be shared by any number of users, on any thread.
protocol MetricSeries: AnyObject, Sendable {
    /// The format's name for this type of metric.
    static var kind: String { get }
    var labels: LabelSet { get }
    /// Appends the series' sample lines.
    func write(as name: String, to text: inout String)
}

/// A sum that only grows; a `Double`, as in Prometheus.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = "counter"
    let labels: LabelSet
    private let sum = Mutex<Double>(0)

    init(_ labels: LabelSet) {
        self.labels = labels
    }

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    /// Negative and non-finite amounts are ignored: Prometheus takes a falling counter for a restart.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        sum.withLock { $0 += amount }
    }

    func reset() {
        sum.withLock { $0 = 0 }
    }

    func write(as name: String, to text: inout String) {
        text += "\(name)\(labels.text) \(PrometheusText.number(sum.withLock { $0 }))\n"
    }
}

/// A value that may rise and fall; the last one is exported.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    static let kind = "gauge"
    let labels: LabelSet
    private let value = Mutex<Double>(0)

    init(_ labels: LabelSet) {
        self.labels = labels
    }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(as name: String, to text: inout String) {
        text += "\(name)\(labels.text) \(PrometheusText.number(value.withLock { $0 }))\n"
    }
}
