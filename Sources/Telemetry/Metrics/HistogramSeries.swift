import CoreMetrics
import Synchronization

/// The number of observations at or below each bound, and their sum.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    static let kind = "histogram"
    let labels: LabelSet
    /// Finite and in ascending order.
    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// Observations per bucket, not cumulative; the last bucket has no upper bound.
        var counts: [UInt64]
        var sum: Double = 0
    }

    /// - Parameter bounds: finite and in ascending order.
    init(_ labels: LabelSet, bounds: [Double]) {
        self.labels = labels
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    /// Values that are not finite are ignored, because they would make the sum permanently useless.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    func write(as name: String, to text: inout String) {
        let state = state.withLock { $0 }
        var total: UInt64 = 0
        for (count, bound) in zip(state.counts, bounds + [.infinity]) {
            total += count
            text += "\(name)_bucket\(labels.text(adding: "le", PrometheusText.number(bound))) \(total)\n"
        }
        text += "\(name)_sum\(labels.text) \(PrometheusText.number(state.sum))\n"
        text += "\(name)_count\(labels.text) \(total)\n"
    }
}
