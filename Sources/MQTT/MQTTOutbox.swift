import CoreMetrics
import DequeModule
import Synchronization

/// What is to be published, from all threads to the one that publishes.
///
/// Bounded, however long the broker is disconnected: of a retained topic only the newest payload is kept, and of all other messages
/// the newest `capacity`; older ones are dropped and counted. A message stays until the broker has confirmed it, and is
/// published again on the next connection if that does not happen: it may arrive twice, and never out of order.
package final class MQTTOutbox: Sendable {
    /// A message that was handed out.
    package struct Item: Sendable {
        package var message: MQTTMessage
        fileprivate var number: UInt64
    }

    private struct Retained {
        var payload: [UInt8]
        /// Of this payload.
        var number: UInt64
        /// Of the topic's first payload: topics are published again in this order.
        var first: UInt64
        /// Whether the payload has not been handed out on this connection.
        var isChanged = true
    }

    private struct State {
        var retained: [String: Retained] = [:]
        /// Topics whose payload has not been handed out, in the order of their changes.
        var changed: Deque<String> = []
        /// In their order; the first `handed` were handed out on this connection.
        var events: Deque<Item> = []
        var handed = 0
        var number: UInt64 = 0
        var published: UInt64 = 0
        var dropped: UInt64 = 0
    }

    /// Messages that are not retained.
    package static let capacity = 1000

    /// Rings when there is something to publish.
    let wake = WakeDescriptor()
    private let state = Mutex(State())
    private let publishedCounter = Counter(label: "saliencyd_mqtt_published")
    private let droppedCounter = Counter(label: "saliencyd_mqtt_dropped")

    package init() {}

    /// Messages that the broker has confirmed, and those that were dropped.
    var published: UInt64 { state.withLock { $0.published } }
    package var dropped: UInt64 { state.withLock { $0.dropped } }
    /// Whether nothing waits, not even for the broker's confirmation of messages that are not retained.
    package var isEmpty: Bool { state.withLock { $0.changed.isEmpty && $0.events.isEmpty } }

    // MARK: For those who have something to publish

    /// Publishes a retained payload, unless it is what the topic has.
    package func set(_ topic: String, _ payload: [UInt8]) {
        let isNew = state.withLock { state in
            guard state.retained[topic]?.payload != payload else { return false }
            state.number += 1
            let old = state.retained[topic]
            state.retained[topic] = Retained(payload: payload, number: state.number, first: old?.first ?? state.number)
            if old?.isChanged != true { state.changed.append(topic) }
            return true
        }
        if isNew { wake.ring() }
    }

    /// Makes the broker forget a topic that was set.
    func clear(_ topic: String) {
        guard state.withLock({ $0.retained[topic] != nil }) else { return }
        set(topic, [])
    }

    /// Publishes a message that is not retained. Where too many wait, the oldest that was not handed out is dropped.
    package func add(_ topic: String, _ payload: [UInt8]) {
        let isLoss = state.withLock { state in
            state.number += 1
            let message = MQTTMessage(topic: topic, payload: payload)
            state.events.append(Item(message: message, number: state.number))
            guard state.events.count > Self.capacity else { return false }
            state.events.remove(at: min(state.handed, Self.capacity))
            state.dropped += 1
            return true
        }
        if isLoss { droppedCounter.increment() }
        wake.ring()
    }

    /// Publishes all retained topics again.
    func resend() {
        state.withLock { Self.markAll(&$0) }
        wake.ring()
    }

    // MARK: For the thread that publishes

    /// Hands out the next message: what is retained first.
    package func next() -> Item? {
        state.withLock { state in
            while let topic = state.changed.popFirst() {
                guard let retained = state.retained[topic] else { continue }
                state.retained[topic]?.isChanged = false
                return Item(
                    message: MQTTMessage(topic: topic, payload: retained.payload, isRetained: true),
                    number: retained.number)
            }
            guard state.handed < state.events.count else { return nil }
            state.handed += 1
            return state.events[state.handed - 1]
        }
    }

    /// The broker has confirmed a message.
    func delivered(_ item: Item) {
        state.withLock { state in
            state.published += 1
            if item.message.isRetained {
                // What was cleared is remembered no longer than necessary.
                let topic = item.message.topic
                if item.message.payload.isEmpty, state.retained[topic]?.number == item.number {
                    state.retained[topic] = nil
                }
            } else if let index = state.events.prefix(state.handed).firstIndex(where: { $0.number == item.number }) {
                state.events.remove(at: index)
                state.handed -= 1
            }
        }
        publishedCounter.increment()
    }

    /// The connection is over: everything that is retained, and what was not confirmed, is handed out again.
    package func reset() {
        state.withLock { state in
            state.handed = 0
            Self.markAll(&state)
        }
    }

    private static func markAll(_ state: inout State) {
        for topic in state.retained.keys { state.retained[topic]?.isChanged = true }
        let topics = state.retained.sorted { $0.value.first < $1.value.first }
        state.changed = Deque(topics.map(\.key))
    }
}
