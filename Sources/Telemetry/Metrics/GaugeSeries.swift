import CoreMetrics
import Synchronization

/// A value that rises and falls; the last one counts.
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
