/// Why a webhook did not accept an event. Its address is shown without parts that may be secret.
struct WebhookError: Error, Sendable, Equatable {
    /// Scheme, host and port.
    var place: String
    /// One clause without a full stop.
    var reason: String
    /// Whether another attempt may succeed.
    var isTransient: Bool
}

extension WebhookError: CustomStringConvertible {
    var description: String { "the webhook at \(place) \(reason)" }
}
