/// Why there is no connection to the broker. Has no secrets.
struct MQTTError: Error, Sendable, Equatable {
    enum Code: Sendable, Equatable {
        /// Its name is unknown, nothing answers at the address, or it does not answer in time.
        case unreachable
        /// It does not prove who it is.
        case untrusted
        /// It refuses the user, the password or the client identifier: trying again soon is of no use.
        case denied
        /// The password cannot be read.
        case unusable
        /// It ended the connection, or said something that is not MQTT.
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
