/// A destination of events, which it receives one after another.
package protocol EventSink<Delivered>: Sendable {
    associatedtype Delivered: Event

    /// The sink's name in metrics and warnings, such as "file" or "webhook".
    var name: String { get }
    /// The maximum number of waiting events.
    var capacity: Int { get }

    /// Delivers one event, which may take long; returns soon after the task is cancelled.
    ///
    /// - Throws: if the event was not delivered, an error with one sentence without secrets.
    func deliver(_ event: Delivered) async throws
}
