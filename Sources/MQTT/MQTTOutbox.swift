import CoreMetrics
import DequeModule
import Synchronization

/// The queue of messages to publish, from all threads to the publishing thread.
///
/// Its size is bounded, however long the broker is disconnected: of a retained topic only the newest payload is kept,
/// and of all other messages the newest `capacity`; older ones are dropped and counted. A message is kept until the
/// broker has confirmed it, and is published again on the next connection otherwise: it may arrive twice, but never out
/// of order.
package final class MQTTOutbox: Sendable {
    /// A message returned by `next`.
    package struct Item: Sendable {
        package var message: MQTTMessage
        fileprivate var number: UInt64
    }

    private struct Retained {
        var payload: [UInt8]
        /// The sequence number of this payload.
        var number: UInt64
        /// The sequence number of the topic's first payload; topics are published again in this order.
        var first: UInt64
        /// Whether the payload has not been sent on this connection.
        var isChanged = true
    }

    private struct State {
        var retained: [String: Retained] = [:]
        /// Topics whose payload has not been sent, in the order of their changes.
        var changed: Deque<String> = []
        /// Messages that are not retained, in order; the first `sentCount` were sent on this connection.
        var events: Deque<Item> = []
        var sentCount = 0
        var number: UInt64 = 0
        var published: UInt64 = 0
        var dropped: UInt64 = 0
    }

    /// The maximum number of waiting messages that are not retained.
    package static let capacity = 1000

    /// Signalled when there is something to publish.
    let wake = WakeDescriptor()
    private let state = Mutex(State())
    private let publishedCounter = Counter(label: "saliencyd_mqtt_published")
    private let droppedCounter = Counter(label: "saliencyd_mqtt_dropped")

    package init() {}

    /// The numbers of messages that the broker has confirmed, and that were dropped.
    var published: UInt64 { state.withLock { $0.published } }
    package var dropped: UInt64 { state.withLock { $0.dropped } }
    /// Whether no message waits to be sent, and no message that is not retained waits for confirmation.
    package var isEmpty: Bool { state.withLock { $0.changed.isEmpty && $0.events.isEmpty } }

    // MARK: For publishers

    /// Publishes a retained payload, unless it is the topic's present one.
    package func set(_ topic: String, _ payload: [UInt8]) {
        let isNew = state.withLock { state in
            guard state.retained[topic]?.payload != payload else { return false }
            state.number += 1
            let old = state.retained[topic]
            state.retained[topic] = Retained(payload: payload, number: state.number, first: old?.first ?? state.number)
            if old?.isChanged != true { state.changed.append(topic) }
            return true
        }
        if isNew { wake.signal() }
    }

    /// Makes the broker remove a topic that was set.
    func clear(_ topic: String) {
        guard state.withLock({ $0.retained[topic] != nil }) else { return }
        set(topic, [])
    }

    /// Publishes a message that is not retained. If too many wait, the oldest that has not been sent is dropped.
    package func add(_ topic: String, _ payload: [UInt8]) {
        let isLoss = state.withLock { state in
            state.number += 1
            let message = MQTTMessage(topic: topic, payload: payload)
            state.events.append(Item(message: message, number: state.number))
            guard state.events.count > Self.capacity else { return false }
            state.events.remove(at: min(state.sentCount, Self.capacity))
            state.dropped += 1
            return true
        }
        if isLoss { droppedCounter.increment() }
        wake.signal()
    }

    /// Publishes all retained topics again.
    func resend() {
        state.withLock { Self.markAll(&$0) }
        wake.signal()
    }

    // MARK: For the publishing thread

    /// The next message to send; retained messages come first.
    package func next() -> Item? {
        state.withLock { state in
            while let topic = state.changed.popFirst() {
                guard let retained = state.retained[topic] else { continue }
                state.retained[topic]?.isChanged = false
                return Item(
                    message: MQTTMessage(topic: topic, payload: retained.payload, isRetained: true),
                    number: retained.number)
            }
            guard state.sentCount < state.events.count else { return nil }
            state.sentCount += 1
            return state.events[state.sentCount - 1]
        }
    }

    /// Called when the broker has confirmed a message.
    func delivered(_ item: Item) {
        state.withLock { state in
            state.published += 1
            if item.message.isRetained {
                // A cleared topic is removed once that is confirmed.
                let topic = item.message.topic
                if item.message.payload.isEmpty, state.retained[topic]?.number == item.number {
                    state.retained[topic] = nil
                }
            } else if let index = state.events.prefix(state.sentCount).firstIndex(where: { $0.number == item.number }) {
                state.events.remove(at: index)
                state.sentCount -= 1
            }
        }
        publishedCounter.increment()
    }

    /// Called when the connection has ended: all retained and all unconfirmed messages are sent again.
    package func reset() {
        state.withLock { state in
            state.sentCount = 0
            Self.markAll(&state)
        }
    }

    private static func markAll(_ state: inout State) {
        for topic in state.retained.keys { state.retained[topic]?.isChanged = true }
        let topics = state.retained.sorted { $0.value.first < $1.value.first }
        state.changed = Deque(topics.map(\.key))
    }
}
