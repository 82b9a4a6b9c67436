/// A sink for events, which it receives one after another.
package protocol EventSink<Delivered>: Sendable {
    associatedtype Delivered: Event

    /// For metrics and warnings: "file", "webhook".
    var name: String { get }
    /// Events that may wait.
    var capacity: Int { get }

    /// Tells of one event, which may take its time; returns soon when the task is cancelled.
    ///
    /// - Throws: where it was not told, an error of one sentence without secrets.
    func deliver(_ event: Delivered) async throws
}
