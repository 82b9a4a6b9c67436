import DequeModule
import Foundation

/// A queue between two threads that holds at most `capacity` elements, and of large ones fewer: a fast producer waits for its
/// consumer.
///
/// Blocks the calling thread, so it belongs on dedicated threads only.
// Unchecked: every access to the stored properties is under `condition`.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let mostBytes: Int
    private let size: @Sendable (Element) -> Int
    private var bytes = 0
    private var elements = Deque<Element>()
    private var isClosed = false
    private var isCancelled = false

    /// - Parameters:
    ///   - capacity: at least 1.
    ///   - bytes: that the elements together may take; one is let in however large it is.
    ///   - size: of an element, in bytes.
    public init(capacity: Int, bytes: Int = .max, size: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
        self.capacity = max(1, capacity)
        mostBytes = bytes
        self.size = size
    }

    /// Waits for room, then appends.
    ///
    /// - Returns: false if the queue was cancelled and the element dropped: the producer stops.
    public func push(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let size = size(element)
        while elements.count >= capacity || bytes > 0 && bytes + size > mostBytes, !isCancelled { condition.wait() }
        if isCancelled { return false }
        elements.append(element)
        bytes += size
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
        if let element { bytes -= size(element) }
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
        bytes = 0
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
