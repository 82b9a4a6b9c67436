import Concurrency
import DequeModule
import Media

/// Pictures and packets of one epoch that wait to be drawn and sent on, in the source's order.
///
/// A picture waits until its heat is final, but no longer than its patience; one that is too late to be live is left out,
/// the oldest first. The heat of many pictures becomes final at once, and they go out one by one as they were due: see
/// `PicturePacing`. Blocks the calling thread in `next` only: whoever reads a camera never waits for whoever draws.
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

    /// Why a picture is left out.
    enum Drop: Sendable {
        /// It is too late to be live.
        case late
        /// There is no room for it.
        case crowded
    }

    /// Packets of sound beside each picture that may wait.
    private static let packetsPerPicture = 8

    private let condition = Monitor()
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onDrop: @Sendable (Drop) -> Void
    /// Seconds that a picture waits for its heat, and after which it is too late; both from the moment it is due.
    private let patience: Double
    private let limit: Double
    private let capacity: Int
    private var items = Deque<Item>()
    private var pictureCount = 0
    private var pacing: PicturePacing
    /// Seconds up to which heat is final.
    private var finalUpTo = -Double.infinity
    private var isClosed = false
    private var isCancelled = false

    /// - Parameters:
    ///   - patience: seconds that a picture waits for its heat.
    ///   - limit: seconds after which it is left out.
    ///   - capacity: pictures that may wait; beyond, the oldest is left out.
    ///   - now: the clock.
    ///   - onDrop: called with each picture that is left out, on any thread; it has to return at once.
    init(
        patience: Double, limit: Double, capacity: Int,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        onDrop: @escaping @Sendable (Drop) -> Void = { _ in }
    ) {
        (self.now, self.onDrop) = (now, onDrop)
        pacing = PicturePacing(longest: patience)
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
            if pictureCount == capacity { dropOldestPicture(.crowded) }
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
            let moment = now()
            let age = (moment - picture.due) / .seconds(1)
            if age > limit, !isClosed {
                dropOldestPicture(.late)
                continue
            }
            let isFinal = isReady(picture.frame)
            let turn = isFinal ? pacing.delay(at: moment) : patience
            if isClosed || age >= turn {
                if !isFinal, !isClosed { pacing.note(patience, at: moment) }
                pictureCount -= 1
                return items.popFirst()
            }
            _ = condition.wait(until: Monitor.deadline(after: turn - age))
        }
        return nil
    }

    /// Makes whoever waits look again: heat has become final.
    ///
    /// - Parameter time: up to which it is, in seconds; nil where pictures do not wait for that.
    func wake(finalUpTo time: Double? = nil) {
        condition.lock()
        defer { condition.unlock() }
        if let time, time > finalUpTo {
            let moment = now()
            // The oldest has waited longest.
            for case .picture(let picture) in items where picture.frame.time >= finalUpTo {
                if picture.frame.time < time { pacing.note((moment - picture.due) / .seconds(1), at: moment) }
                break
            }
            finalUpTo = time
        }
        condition.broadcast()
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

    private func dropOldestPicture(_ reason: Drop) {
        let first = items.firstIndex { item in
            if case .picture = item { true } else { false }
        }
        guard let first else { return }
        items.remove(at: first)
        pictureCount -= 1
        onDrop(reason)
    }

    private func oldestPacket() -> Int? {
        items.firstIndex { item in
            if case .packet = item { true } else { false }
        }
    }
}

/// How long pictures wait whose heat becomes final many at a time: all equally long after they were due, so that they go out as
/// evenly as they came, and no longer than the slowest of the last windows asks for.
struct PicturePacing {
    /// Windows whose delays count.
    private static let windows = 8
    /// Seconds beyond the longest delay: the next one may be a little longer.
    private static let reserve = 0.02
    /// Seconds in a second by which the delay becomes shorter: pictures go out so much faster meanwhile.
    private static let glide = 0.05

    /// Seconds.
    private let longest: Double
    private var delays = Deque<Double>()
    private var current = 0.0
    private var asOf: ContinuousClock.Instant?

    /// - Parameter longest: seconds that a picture may wait.
    init(longest: Double) {
        self.longest = max(0, longest)
    }

    /// Notes that pictures became ready, the one that had waited longest `delay` seconds after it was due.
    mutating func note(_ delay: Double, at moment: ContinuousClock.Instant) {
        delays.append(min(max(0, delay) + Self.reserve, longest))
        if delays.count > Self.windows { delays.removeFirst() }
        _ = self.delay(at: moment)
    }

    /// Seconds from when a picture is due to when it goes out.
    mutating func delay(at moment: ContinuousClock.Instant) -> Double {
        let passed = asOf.map { max(0, (moment - $0) / .seconds(1)) } ?? 0
        asOf = asOf.map { max($0, moment) } ?? moment
        current = max(delays.max() ?? 0, current - passed * Self.glide)
        return current
    }
}
