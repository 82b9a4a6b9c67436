import DequeModule
import Foundation

/// A queue between two threads that holds at most `capacity` elements: a fast producer waits for its consumer.
///
/// Blocks the calling thread, so it belongs on dedicated threads only.
// Unchecked: every access to the stored properties is under `condition`.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var elements = Deque<Element>()
    private var isClosed = false
    private var isCancelled = false

    /// - Parameter capacity: at least 1.
    public init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Waits for room, then appends.
    ///
    /// - Returns: false if the queue was cancelled and the element dropped: the producer stops.
    public func push(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count >= capacity, !isCancelled { condition.wait() }
        if isCancelled { return false }
        elements.append(element)
        condition.broadcast()
        return true
    }

    /// Waits for an element.
    ///
    /// - Returns: nil after the last element of a closed queue, or at once when it was cancelled.
    public func pop() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !isClosed, !isCancelled { condition.wait() }
        if isCancelled { return nil }
        let element = elements.popFirst()
        condition.broadcast()
        return element
    }

    /// Says that no more elements come; those in the queue are still handed out.
    public func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Drops what is queued and wakes both sides.
    public func cancel() {
        condition.lock()
        isCancelled = true
        elements.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    /// Whether `cancel` was called.
    public var wasCancelled: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isCancelled
    }
}
