/// What is published under a topic.
struct MQTTMessage: Sendable, Equatable {
    var topic: String
    /// Empty and retained, it makes the broker forget the topic.
    var payload: [UInt8]
    /// Whether the broker keeps it for those who subscribe later.
    var isRetained = false
}
