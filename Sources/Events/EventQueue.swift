import CoreMetrics
import Synchronization

/// What waits for one of those who are told of events. Where too much waits, the oldest is lost and counted.
final class EventQueue<Told: Event>: Sendable {
    let events: AsyncStream<Told>
    private let entrance: AsyncStream<Told>.Continuation
    private let name: String
    private let losses = Mutex(0)

    /// - Parameters:
    ///   - name: of who is told, for metrics.
    ///   - capacity: at least 1.
    init(name: String, capacity: Int) {
        self.name = name
        (events, entrance) = AsyncStream.makeStream(of: Told.self, bufferingPolicy: .bufferingNewest(capacity))
    }

    /// Never waits.
    func add(_ event: Told) {
        if case .dropped = entrance.yield(event) { lose() }
    }

    /// Counts an event that could not be told.
    func lose() {
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
