import CoreMetrics
import Synchronization

/// The events that wait for a sink. If too many wait, the oldest is lost and counted.
final class EventQueue<Delivered: Event>: Sendable {
    let events: AsyncStream<Delivered>
    private let entrance: AsyncStream<Delivered>.Continuation
    private let name: String
    private let losses = Mutex(0)

    /// - Parameters:
    ///   - name: the sink's, for metrics.
    ///   - capacity: at least 1.
    init(name: String, capacity: Int) {
        self.name = name
        (events, entrance) = AsyncStream.makeStream(of: Delivered.self, bufferingPolicy: .bufferingNewest(capacity))
    }

    /// Never waits.
    func add(_ event: Delivered) {
        if case .dropped = entrance.yield(event) { recordLoss() }
    }

    /// Counts an event that could not be told.
    func recordLoss() {
        losses.withLock { $0 += 1 }
        Counter(label: "saliencyd_events_lost", dimensions: [("to", name)]).increment()
    }

    /// Events that were not told.
    var lost: Int { losses.withLock { $0 } }

    /// No more events come; those that wait are still told.
    func finish() {
        entrance.finish()
    }
}
