import Decode
import DequeModule

/// Pictures and packets of one epoch that wait to be drawn and sent on, in the source's order.
///
/// A picture waits until its heat is final, but no longer than its patience; one that is too late to be live is left out,
/// the oldest first. Blocks the calling thread in `next` only: whoever reads a camera never waits for whoever draws.
// Unchecked: every access to the stored properties is under `condition`.
final class PictureLine: @unchecked Sendable {
    struct Picture: Sendable {
        var frame: VideoFrame
        /// When it would have come, had nothing held it up.
        var due: ContinuousClock.Instant
    }

    enum Item: Sendable {
        case picture(Picture)
        /// Seconds since the epoch's first picture.
        case packet(MediaPacket, time: Double)
    }

    /// Packets of sound beside each picture that may wait.
    private static let packetsPerPicture = 8

    private let condition = Monitor()
    private let clock = ContinuousClock()
    /// Seconds that a picture waits for its heat, and after which it is too late; both from the moment it is due.
    private let patience: Double
    private let limit: Double
    private let capacity: Int
    private var items = Deque<Item>()
    private var pictureCount = 0
    private var droppedCount: UInt64 = 0
    private var isClosed = false
    private var isCancelled = false

    /// - Parameters:
    ///   - patience: seconds that a picture waits for its heat.
    ///   - limit: seconds after which it is left out.
    ///   - capacity: pictures that may wait; beyond, the oldest is left out.
    init(patience: Double, limit: Double, capacity: Int) {
        self.patience = patience
        self.limit = limit
        self.capacity = max(1, capacity)
    }

    func append(_ item: Item) {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed, !isCancelled else { return }
        switch item {
        case .picture:
            if pictureCount == capacity { dropOldestPicture() }
            pictureCount += 1
        case .packet:
            // Sound without pictures: a picture that never comes must not keep all of it.
            if items.count - pictureCount >= capacity * Self.packetsPerPicture, let first = oldestPacket() {
                items.remove(at: first)
            }
        }
        items.append(item)
        condition.broadcast()
    }

    /// Waits for the next item whose turn has come.
    ///
    /// - Parameter isReady: whether a picture's heat is final.
    /// - Returns: nil after the last item.
    func next(isReady: (VideoFrame) -> Bool) -> Item? {
        condition.lock()
        defer { condition.unlock() }
        while !isCancelled {
            guard let first = items.first else {
                if isClosed { return nil }
                condition.wait()
                continue
            }
            guard case .picture(let picture) = first else { return items.popFirst() }
            let age = (clock.now - picture.due) / .seconds(1)
            if age > limit, !isClosed {
                dropOldestPicture()
                continue
            }
            if isClosed || age >= patience || isReady(picture.frame) {
                pictureCount -= 1
                return items.popFirst()
            }
            _ = condition.wait(until: Monitor.deadline(after: patience - age))
        }
        return nil
    }

    /// Makes whoever waits look again: heat has become final.
    func wake() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Says that nothing more comes; what waits is handed out at once.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Drops what waits.
    func cancel() {
        condition.lock()
        isCancelled = true
        items.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    /// Pictures left out since the last call.
    func takeDropped() -> UInt64 {
        condition.lock()
        defer { condition.unlock() }
        defer { droppedCount = 0 }
        return droppedCount
    }

    private func dropOldestPicture() {
        let first = items.firstIndex { item in
            if case .picture = item { true } else { false }
        }
        guard let first else { return }
        items.remove(at: first)
        pictureCount -= 1
        droppedCount += 1
    }

    private func oldestPacket() -> Int? {
        items.firstIndex { item in
            if case .packet = item { true } else { false }
        }
    }
}
