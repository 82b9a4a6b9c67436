import DequeModule

/// A queue between two threads that holds at most `capacity` elements, and of large ones fewer: a fast producer waits for its
/// consumer.
///
/// Blocks the calling thread, so it belongs on dedicated threads only.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements = Deque<Element>()
        var bytes = 0
        var isClosed = false
        var isCancelled = false
    }

    private let monitor = Monitor(State())
    private let capacity: Int
    private let maximumBytes: Int
    private let size: @Sendable (Element) -> Int

    /// - Parameters:
    ///   - capacity: at least 1.
    ///   - bytes: that the elements together may take; one is let in however large it is.
    ///   - size: of an element, in bytes.
    public init(capacity: Int, bytes: Int = .max, size: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
        self.capacity = max(1, capacity)
        maximumBytes = bytes
        self.size = size
    }

    /// Waits for room, then appends.
    ///
    /// - Returns: false if the queue was cancelled and the element dropped: the producer stops.
    public func push(_ element: Element) -> Bool {
        let size = size(element)
        return monitor.wait { state in
            if state.isCancelled { return .done(false) }
            guard state.elements.count < capacity, state.bytes == 0 || state.bytes + size <= maximumBytes else {
                return .wait
            }
            state.elements.append(element)
            state.bytes += size
            return .done(true)
        }
    }

    /// Waits for an element.
    ///
    /// - Returns: nil after the last element of a closed queue, or at once when it was cancelled.
    public func pop() -> Element? {
        monitor.wait { state in
            if state.isCancelled { return .done(nil) }
            guard let element = state.elements.popFirst() else { return state.isClosed ? .done(nil) : .wait }
            state.bytes -= size(element)
            return .done(element)
        }
    }

    /// Signals that no more elements come; those in the queue are still handed out.
    public func close() {
        monitor.update { $0.isClosed = true }
    }

    /// Drops what is queued and wakes both sides.
    public func cancel() {
        monitor.update { state in
            state.isCancelled = true
            state.elements.removeAll()
            state.bytes = 0
        }
    }

    /// Whether `cancel` was called.
    public var wasCancelled: Bool { monitor.read { $0.isCancelled } }
}
