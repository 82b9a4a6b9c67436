import CMosquitto
import Cameras
import Events
import Glibc

/// One connection to a broker: owns a `struct mosquitto`.
///
/// Must be used on one thread. Only `step` waits. libmosquitto's own loop would wait with `select`, which does not
/// support descriptors above 1023, so this class uses `poll`.
final class MQTTClient {
    enum Event {
        /// The broker has accepted the connection.
        case accepted
        /// The broker has confirmed the message with this identifier.
        case delivered(Int32)
        /// A message of a subscribed topic; `isRetained` if it was published before the subscription.
        case message(topic: String, payload: [UInt8], isRetained: Bool)
    }

    private let client: OpaquePointer
    private var events: [Event] = []
    private var refusal: Int32?

    /// Seconds without a message after which the client pings the broker.
    private static let keepAlive: Int32 = 30
    /// The maximum size of a message that is handled, in bytes; no relevant message is longer.
    private static let maximumMessageSize = 64

    private static let isInitialized = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    /// - Parameter will: the message that the broker publishes when the connection is lost.
    init(id: String, user: String?, password: Secret?, will: MQTTMessage) throws(MQTTError) {
        guard Self.isInitialized, let client = mosquitto_new(id, true, nil) else {
            throw MQTTError(.lost, "there is no memory for a connection")
        }
        self.client = client
        mosquitto_user_data_set(client, Unmanaged.passUnretained(self).toOpaque())
        try Self.check(
            mosquitto_will_set(client, will.topic, Int32(will.payload.count), will.payload, 1, will.isRetained))
        if let user { try Self.check(mosquitto_username_pw_set(client, user, password?.text)) }
        mosquitto_connect_callback_set(client) { _, context, code in
            MQTTClient.from(context)?.receivedAnswer(code)
        }
        mosquitto_publish_callback_set(client) { _, context, number in
            MQTTClient.from(context)?.events.append(.delivered(number))
        }
        mosquitto_message_callback_set(client) { _, context, message in
            guard let message = message?.pointee else { return }
            MQTTClient.from(context)?.received(message)
        }
    }

    deinit {
        // Closes the socket without calling any callback.
        mosquitto_destroy(client)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MQTTClient? {
        context.map { Unmanaged<MQTTClient>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Starts to connect; `step` continues.
    ///
    /// - Parameter host: a numeric address.
    func connect(host: String, port: UInt16) throws(MQTTError) {
        let status = mosquitto_connect_async(client, host, Int32(port), Self.keepAlive)
        guard status == MOSQ_ERR_SUCCESS.rawValue else {
            throw MQTTError(.unreachable, "cannot be reached: \(Self.text(of: status))")
        }
    }

    /// Passes a message to the library, which sends as much as the connection accepts.
    ///
    /// - Returns: the message's identifier, which the broker's confirmation repeats.
    func publish(_ message: MQTTMessage) throws(MQTTError) -> Int32 {
        var number: Int32 = 0
        try Self.check(
            mosquitto_publish(
                client, &number, message.topic, Int32(clamping: message.payload.count), message.payload, 1,
                message.isRetained))
        return number
    }

    func subscribe(_ topic: String) throws(MQTTError) {
        try Self.check(mosquitto_subscribe(client, nil, topic, 1))
    }

    /// Ends the connection properly, so that the broker does not publish the will.
    func disconnect() {
        mosquitto_disconnect(client)
    }

    /// Reads and writes available data; waits until there is some, `wake` is signalled, or the time is over.
    ///
    /// - Returns: the events, in order.
    func step(_ wake: WakeDescriptor, atMost milliseconds: Int32) throws(MQTTError) -> [Event] {
        let socket = mosquitto_socket(client)
        guard socket >= 0 else { throw MQTTError(.lost, "the connection is over") }
        let interest = POLLIN | (mosquitto_want_write(client) ? POLLOUT : 0)
        var entries = [
            pollfd(fd: socket, events: Int16(interest), revents: 0),
            pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&entries, nfds_t(entries.count), milliseconds)
        if entries[1].revents != 0 { wake.clear() }
        let ready = Int32(entries[0].revents)
        if ready & POLLERR != 0 { try Self.checkSocket(socket) }
        if ready & (POLLIN | POLLHUP | POLLERR) != 0 { try checkLoop(mosquitto_loop_read(client, 1)) }
        if ready & POLLOUT != 0 { try checkLoop(mosquitto_loop_write(client, 1)) }
        try checkLoop(mosquitto_loop_misc(client))
        defer { events = [] }
        return events
    }

    private func receivedAnswer(_ code: Int32) {
        if code == 0 { events.append(.accepted) } else { refusal = code }
    }

    private func received(_ message: mosquitto_message) {
        // Anything else is ignored.
        guard let topic = message.topic, (0...Self.maximumMessageSize).contains(Int(message.payloadlen)) else { return }
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        events.append(
            .message(topic: String(cString: topic), payload: Array(payload), isRetained: message.retain))
    }

    private func checkLoop(_ status: Int32) throws(MQTTError) {
        switch refusal {
        case 2?: throw MQTTError(.denied, "refuses the client identifier")
        case 4?: throw MQTTError(.denied, "refuses the user or the password")
        case 5?: throw MQTTError(.denied, "refuses the user: not authorized")
        case 3?: throw MQTTError(.unreachable, "says that it is not available")
        case let code?: throw MQTTError(.lost, "refuses the connection with code \(code)")
        case nil: try Self.check(status)
        }
    }

    private static func checkSocket(_ socket: Int32) throws(MQTTError) {
        var (code, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code != 0 else { return }
        throw MQTTError(.unreachable, "cannot be reached: \(String(cString: strerror(code)))")
    }

    private static func check(_ status: Int32) throws(MQTTError) {
        switch status {
        case MOSQ_ERR_SUCCESS.rawValue: return
        case MOSQ_ERR_CONN_LOST.rawValue, MOSQ_ERR_NO_CONN.rawValue:
            throw MQTTError(.lost, "ended the connection")
        case MOSQ_ERR_KEEPALIVE.rawValue: throw MQTTError(.lost, "stopped answering")
        case MOSQ_ERR_PROTOCOL.rawValue, MOSQ_ERR_MALFORMED_PACKET.rawValue, MOSQ_ERR_MALFORMED_UTF8.rawValue:
            throw MQTTError(.lost, "does not speak MQTT")
        default: throw MQTTError(.lost, "ended the connection: \(text(of: status))")
        }
    }

    /// The text of a libmosquitto error code.
    private static func text(of status: Int32) -> String {
        if status == MOSQ_ERR_ERRNO.rawValue { return String(cString: strerror(errno)) }
        guard let text = mosquitto_strerror(status) else { return "error \(status)" }
        return String(cString: text)
    }
}

/// A message and its topic.
package struct MQTTMessage: Sendable, Equatable {
    package var topic: String
    /// An empty payload of a retained message makes the broker remove the topic.
    var payload: [UInt8]
    /// Whether the broker keeps the message for later subscribers.
    var isRetained = false
}

/// Why there is no connection to the broker. Contains no secrets.
struct MQTTError: Error, Sendable, Equatable {
    enum Code: Sendable, Equatable {
        /// The name is unknown, nothing listens at the address, or the broker does not respond in time.
        case unreachable
        /// The broker did not authenticate itself.
        case untrusted
        /// The broker rejects the user, the password or the client identifier: trying again soon is useless.
        case denied
        /// The password file cannot be read.
        case unusable
        /// The broker ended the connection, or sent data that is not MQTT.
        case lost
    }

    var code: Code
    /// One clause without a full stop.
    var reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension MQTTError: CustomStringConvertible {
    var description: String { reason }
}
