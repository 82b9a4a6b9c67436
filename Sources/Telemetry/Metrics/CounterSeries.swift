import CoreMetrics
import Synchronization

/// A sum that only grows. Prometheus computes in doubles, so the sum is one.
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

    /// A counter that falls reads as a restart: what is negative or no number is left out.
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
