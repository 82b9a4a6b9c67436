import CoreMetrics
import Synchronization

/// The events that wait for a sink. If too many wait, the oldest is dropped and counted.
final class EventQueue<Delivered: Event>: Sendable {
    let events: AsyncStream<Delivered>
    private let continuation: AsyncStream<Delivered>.Continuation
    private let name: String
    private let losses = Mutex(0)

    /// - Parameters:
    ///   - name: the sink's name, for metrics.
    ///   - capacity: at least 1.
    init(name: String, capacity: Int) {
        self.name = name
        (events, continuation) = AsyncStream.makeStream(of: Delivered.self, bufferingPolicy: .bufferingNewest(capacity))
    }

    /// Never waits.
    func add(_ event: Delivered) {
        if case .dropped = continuation.yield(event) { recordLoss() }
    }

    /// Counts an event that was not delivered.
    func recordLoss() {
        losses.withLock { $0 += 1 }
        Counter(label: "saliencyd_events_lost", dimensions: [("to", name)]).increment()
    }

    /// The number of events that were not delivered.
    var lost: Int { losses.withLock { $0 } }

    /// Call when no more events follow; waiting events are still delivered.
    func finish() {
        continuation.finish()
    }
}
