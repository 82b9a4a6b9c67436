import Concurrency
import DequeModule
import Media

/// The queue of one connection's frames and packets that wait to be drawn and output, in the source's order.
///
/// A frame waits until its heat is final, but no longer than its timeout; frames that are too late are dropped, the
/// oldest first. The heat of many frames becomes final at the same time; they are returned one by one at their due
/// times (see `FramePacing`). Only `next` blocks: the thread that reads the camera never waits for the one that draws.
final class FrameQueue: Sendable {
    struct Frame: Sendable {
        var frame: VideoFrame
        /// The time at which it would have arrived without delay.
        var due: ContinuousClock.Instant
    }

    enum Item: Sendable {
        case frame(Frame)
        /// Seconds since the connection's first frame.
        case packet(MediaPacket, time: Double)
    }

    /// The reason why a frame is dropped.
    enum Drop: Sendable {
        /// It is too late.
        case late
        /// The queue is full.
        case crowded
    }

    /// The maximum number of queued packets per frame of the capacity.
    private static let packetsPerFrame = 8

    private struct State {
        var items = Deque<Item>()
        var frameCount = 0
        var pacing: FramePacing
        /// The time up to which heat is final, in seconds.
        var finalUpTo = -Double.infinity
        var isClosed = false
        var isCancelled = false

        /// - Returns: whether there was a frame.
        mutating func dropOldestFrame() -> Bool {
            let first = items.firstIndex { item in
                if case .frame = item { true } else { false }
            }
            guard let first else { return false }
            items.remove(at: first)
            frameCount -= 1
            return true
        }

        mutating func dropOldestPacket() {
            let first = items.firstIndex { item in
                if case .packet = item { true } else { false }
            }
            if let first { items.remove(at: first) }
        }
    }

    private let monitor: Monitor<State>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onDrop: @Sendable (Drop) -> Void
    /// The seconds for which a frame waits for its heat, and those after which it is too late, both from its due time.
    private let timeout: Double
    private let limit: Double
    private let capacity: Int

    /// - Parameters:
    ///   - timeout: the maximum seconds for which a frame waits for its heat.
    ///   - limit: the seconds after which a frame is dropped.
    ///   - capacity: the maximum number of frames; if it is exceeded, the oldest is dropped.
    ///   - now: the clock.
    ///   - onDrop: called for each dropped frame, on any thread; it must return immediately.
    init(
        timeout: Double, limit: Double, capacity: Int,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        onDrop: @escaping @Sendable (Drop) -> Void = { _ in }
    ) {
        (self.now, self.onDrop) = (now, onDrop)
        monitor = Monitor(State(pacing: FramePacing(longest: timeout)))
        self.timeout = timeout
        self.limit = limit
        self.capacity = max(1, capacity)
    }

    func append(_ item: Item) {
        monitor.update { state in
            guard !state.isClosed, !state.isCancelled else { return }
            switch item {
            case .frame:
                if state.frameCount == capacity, state.dropOldestFrame() { onDrop(.crowded) }
                state.frameCount += 1
            case .packet:
                // Limits the sound that waits if frames never arrive.
                if state.items.count - state.frameCount >= capacity * Self.packetsPerFrame {
                    state.dropOldestPacket()
                }
            }
            state.items.append(item)
        }
    }

    /// Waits for the next item that is due.
    ///
    /// - Parameter isReady: whether a frame's heat is final.
    /// - Returns: nil after the last item.
    func next(isReady: (VideoFrame) -> Bool) -> Item? {
        monitor.wait { state in
            while let first = state.items.first {
                guard case .frame(let waiting) = first else { return .done(state.items.popFirst()) }
                let moment = now()
                let age = (moment - waiting.due) / .seconds(1)
                if age > limit, !state.isClosed {
                    if state.dropOldestFrame() { onDrop(.late) }
                    continue
                }
                let isFinal = isReady(waiting.frame)
                let turn = isFinal ? state.pacing.delay(at: moment) : timeout
                guard state.isClosed || age >= turn else { return .waitUntil(.after(turn - age)) }
                if !isFinal, !state.isClosed { state.pacing.record(timeout, at: moment) }
                state.frameCount -= 1
                return .done(state.items.popFirst())
            }
            return state.isClosed || state.isCancelled ? .done(nil) : .wait
        }
    }

    /// Wakes the waiting thread because heat has become final.
    ///
    /// - Parameter time: the time up to which heat is final, in seconds; nil if frames do not wait for heat.
    func wake(finalUpTo time: Double? = nil) {
        monitor.update { state in
            guard let time, time > state.finalUpTo else { return }
            let moment = now()
            // The first of these frames has waited longest.
            for case .frame(let waiting) in state.items where waiting.frame.time >= state.finalUpTo {
                if waiting.frame.time < time { state.pacing.record((moment - waiting.due) / .seconds(1), at: moment) }
                break
            }
            state.finalUpTo = time
        }
    }

    /// Signals the end; the remaining items are returned without waiting.
    func close() {
        monitor.update { $0.isClosed = true }
    }

    /// Drops all items.
    func cancel() {
        monitor.update { state in
            state.isCancelled = true
            state.items.removeAll()
        }
    }
}

/// Determines how long frames wait whose heat becomes final in groups: all are delayed equally after their due times,
/// so that they are output as evenly as they arrive, and no longer than the slowest of the last windows requires.
struct FramePacing {
    /// The number of last windows whose delays are considered.
    private static let windows = 8
    /// Seconds added to the longest delay, because the next one may be slightly longer.
    private static let reserve = 0.02
    /// The decrease of the delay in seconds per second; meanwhile frames are output faster by this fraction.
    private static let glide = 0.05

    /// The maximum delay in seconds.
    private let longest: Double
    private var delays = Deque<Double>()
    private var current = 0.0
    private var asOf: ContinuousClock.Instant?

    /// - Parameter longest: the maximum seconds for which a frame may wait.
    init(longest: Double) {
        self.longest = max(0, longest)
    }

    /// Records that frames became ready; `delay` is the longest waiting time among them, in seconds after the due time.
    mutating func record(_ delay: Double, at moment: ContinuousClock.Instant) {
        delays.append(min(max(0, delay) + Self.reserve, longest))
        if delays.count > Self.windows { delays.removeFirst() }
        _ = self.delay(at: moment)
    }

    /// The seconds from a frame's due time to its output.
    mutating func delay(at moment: ContinuousClock.Instant) -> Double {
        let passed = asOf.map { max(0, (moment - $0) / .seconds(1)) } ?? 0
        asOf = asOf.map { max($0, moment) } ?? moment
        current = max(delays.max() ?? 0, current - passed * Self.glide)
        return current
    }
}
