/// Why a webhook did not take an event. Its address is named without what may be secret.
struct WebhookError: Error, Sendable, Equatable {
    /// Scheme, host and port.
    var place: String
    /// One clause without a full stop.
    var reason: String
    /// Whether another try may do better.
    var isPassing: Bool
}

extension WebhookError: CustomStringConvertible {
    var description: String { "the webhook at \(place) \(reason)" }
}
