import CMosquitto
import Foundation
import Synchronization

/// A client that receives everything that a broker publishes, for tests.
public final class MQTTObserver: Sendable {
    public struct Message: Sendable, Equatable {
        public var topic: String
        public var payload: [UInt8]
        /// Whether the broker had the message before the observer subscribed.
        public var isRetained: Bool

        public var text: String { String(decoding: payload, as: UTF8.self) }
    }

    private struct State {
        var messages: [Message] = []
        var isSubscribed = false
        var isOver = false
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let changed = DispatchSemaphore(value: 0)
    }

    private let shared = Shared()
    // Set once; libmosquitto's calls on it are thread-safe.
    nonisolated(unsafe) private let client: OpaquePointer
    private let thread = DispatchGroup()

    /// Returns when it has subscribed.
    public init(port: UInt16, password: String? = nil, topic: String = "#") async throws {
        mosquitto_lib_init()
        guard let client = mosquitto_new("observer-\(UUID().uuidString)", true, nil) else {
            throw CocoaError(.fileReadUnknown)
        }
        self.client = client
        mosquitto_user_data_set(client, Unmanaged.passUnretained(shared).toOpaque())
        if let password { mosquitto_username_pw_set(client, "saliencyd", password) }
        mosquitto_subscribe_callback_set(client) { _, context, _, _, _ in
            MQTTObserver.update(context) { $0.isSubscribed = true }
        }
        mosquitto_message_callback_set(client) { _, context, message in
            guard let message = message?.pointee, let topic = message.topic else { return }
            let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            let new = Message(
                topic: String(cString: topic), payload: Array(payload), isRetained: message.retain)
            MQTTObserver.update(context) { $0.messages.append(new) }
        }
        guard mosquitto_connect(client, "127.0.0.1", Int32(port), 60) == 0,
            mosquitto_subscribe(client, nil, topic, 1) == 0
        else { throw CocoaError(.fileReadUnknown) }
        // Given to the one thread that runs the client's loop; `deinit` waits until it ends before destroying the
        // client.
        nonisolated(unsafe) let shared = (client, self.shared, thread)
        thread.enter()
        Thread.detachNewThread {
            let (client, state, thread) = shared
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            while !state.state.withLock({ $0.isOver }), mosquitto_loop(client, 20, 1) == 0 {}
            thread.leave()
        }
        guard await wait({ state in state.isSubscribed }) else { throw CocoaError(.fileReadUnknown) }
    }

    deinit {
        shared.state.withLock { $0.isOver = true }
        thread.wait()
        mosquitto_destroy(client)
    }

    private static func update(_ context: UnsafeMutableRawPointer?, _ change: (inout State) -> Void) {
        guard let context else { return }
        let shared = Unmanaged<Shared>.fromOpaque(context).takeUnretainedValue()
        shared.state.withLock { change(&$0) }
        shared.changed.signal()
    }

    /// The messages in the order of their arrival.
    public var messages: [Message] { shared.state.withLock { $0.messages } }

    /// The texts that have arrived under a topic, in order.
    public func texts(_ topic: String) -> [String] {
        messages.filter { $0.topic == topic }.map(\.text)
    }

    /// Publishes a message, as another client would.
    public func publish(_ topic: String, _ payload: [UInt8], isRetained: Bool = false) {
        mosquitto_publish(client, nil, topic, Int32(payload.count), payload, 1, isRetained)
    }

    /// Waits until `isSo` is true for the messages.
    ///
    /// - Returns: false if it has not become true within `HangLimit.wait`.
    public func wait(_ isSo: @escaping @Sendable ([Message]) -> Bool) async -> Bool {
        await wait { state in isSo(state.messages) }
    }

    /// Waits until the newest message of a topic is `text`.
    public func wait(_ topic: String, is text: String) async -> Bool {
        await wait { messages in messages.last { $0.topic == topic }?.text == text }
    }

    /// Waits until the newest message of a topic is different from `text`; no message does not count.
    public func wait(_ topic: String, isNot text: String) async -> Bool {
        await wait { messages in
            guard let last = messages.last(where: { $0.topic == topic }) else { return false }
            return last.text != text
        }
    }

    private func wait(_ isSo: @escaping @Sendable (borrowing State) -> Bool) async -> Bool {
        let shared = shared
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let end = ContinuousClock.now + .seconds(HangLimit.wait)
                while !shared.state.withLock({ isSo($0) }) {
                    let rest = (end - .now) / .seconds(1)
                    guard rest > 0, shared.changed.wait(timeout: .now() + rest) == .success else {
                        continuation.resume(returning: shared.state.withLock { isSo($0) })
                        return
                    }
                }
                continuation.resume(returning: true)
            }
        }
    }
}
