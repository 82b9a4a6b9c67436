import DequeModule

/// A queue between two threads that holds at most `capacity` elements, and at most a given number of bytes: a producer
/// waits while the queue is full.
///
/// Blocks the calling thread, so use it on dedicated threads only.
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
    ///   - bytes: the maximum size of all elements together; an empty queue accepts an element of any size.
    ///   - size: returns the size of an element in bytes.
    public init(capacity: Int, bytes: Int = .max, size: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
        self.capacity = max(1, capacity)
        maximumBytes = bytes
        self.size = size
    }

    /// Waits until the queue has room, then appends the element.
    ///
    /// - Returns: false if the queue was cancelled and the element dropped; the producer should then stop.
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
    /// - Returns: nil after the last element of a closed queue, or immediately if the queue was cancelled.
    public func pop() -> Element? {
        monitor.wait { state in
            if state.isCancelled { return .done(nil) }
            guard let element = state.elements.popFirst() else { return state.isClosed ? .done(nil) : .wait }
            state.bytes -= size(element)
            return .done(element)
        }
    }

    /// Signals that no more elements follow; `pop` still returns those in the queue.
    public func close() {
        monitor.update { $0.isClosed = true }
    }

    /// Drops all queued elements and wakes the producer and the consumer.
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
