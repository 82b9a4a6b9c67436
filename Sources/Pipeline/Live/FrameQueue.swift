import Concurrency
import DequeModule
import Media

/// Frames and packets of one connection that wait to be drawn and sent on, in the source's order.
///
/// A frame waits until its heat is final, but no longer than its timeout; one that is too late to be live is left out,
/// the oldest first. The heat of many frames becomes final at once, and they go out one by one as they were due: see
/// `FramePacing`. Blocks the calling thread in `next` only: whoever reads a camera never waits for whoever draws.
final class FrameQueue: Sendable {
    struct Frame: Sendable {
        var frame: VideoFrame
        /// When it would have come, had nothing held it up.
        var due: ContinuousClock.Instant
    }

    enum Item: Sendable {
        case frame(Frame)
        /// Seconds since the connection's first frame.
        case packet(MediaPacket, time: Double)
    }

    /// Why a frame is left out.
    enum Drop: Sendable {
        /// It is too late to be live.
        case late
        /// There is no room for it.
        case crowded
    }

    /// Packets of sound beside each frame that may wait.
    private static let packetsPerFrame = 8

    private struct State {
        var items = Deque<Item>()
        var frameCount = 0
        var pacing: FramePacing
        /// Seconds up to which heat is final.
        var finalUpTo = -Double.infinity
        var isClosed = false
        var isCancelled = false

        /// - Returns: whether there was one.
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
    /// Seconds that a frame waits for its heat, and after which it is too late; both from the moment it is due.
    private let timeout: Double
    private let limit: Double
    private let capacity: Int

    /// - Parameters:
    ///   - timeout: seconds that a frame waits for its heat.
    ///   - limit: seconds after which it is left out.
    ///   - capacity: frames that may wait; beyond, the oldest is left out.
    ///   - now: the clock.
    ///   - onDrop: called with each frame that is left out, on any thread; it has to return at once.
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
                // Sound without frames: a frame that never comes must not keep all of it.
                if state.items.count - state.frameCount >= capacity * Self.packetsPerFrame {
                    state.dropOldestPacket()
                }
            }
            state.items.append(item)
        }
    }

    /// Waits for the next item whose turn has come.
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
                if !isFinal, !state.isClosed { state.pacing.note(timeout, at: moment) }
                state.frameCount -= 1
                return .done(state.items.popFirst())
            }
            return state.isClosed || state.isCancelled ? .done(nil) : .wait
        }
    }

    /// Makes whoever waits look again: heat has become final.
    ///
    /// - Parameter time: up to which it is, in seconds; nil where frames do not wait for that.
    func wake(finalUpTo time: Double? = nil) {
        monitor.update { state in
            guard let time, time > state.finalUpTo else { return }
            let moment = now()
            // The oldest has waited longest.
            for case .frame(let waiting) in state.items where waiting.frame.time >= state.finalUpTo {
                if waiting.frame.time < time { state.pacing.note((moment - waiting.due) / .seconds(1), at: moment) }
                break
            }
            state.finalUpTo = time
        }
    }

    /// Signals that nothing more comes; what waits is handed out at once.
    func close() {
        monitor.update { $0.isClosed = true }
    }

    /// Drops what waits.
    func cancel() {
        monitor.update { state in
            state.isCancelled = true
            state.items.removeAll()
        }
    }
}

/// How long frames wait whose heat becomes final many at a time: all equally long after they were due, so that they go
/// out as evenly as they came, and no longer than the slowest of the last windows asks for.
struct FramePacing {
    /// Windows whose delays count.
    private static let windows = 8
    /// Seconds beyond the longest delay: the next one may be a little longer.
    private static let reserve = 0.02
    /// Seconds in a second by which the delay becomes shorter: frames go out so much faster meanwhile.
    private static let glide = 0.05

    /// Seconds.
    private let longest: Double
    private var delays = Deque<Double>()
    private var current = 0.0
    private var asOf: ContinuousClock.Instant?

    /// - Parameter longest: seconds that a frame may wait.
    init(longest: Double) {
        self.longest = max(0, longest)
    }

    /// Notes that frames became ready, the one that had waited longest `delay` seconds after it was due.
    mutating func note(_ delay: Double, at moment: ContinuousClock.Instant) {
        delays.append(min(max(0, delay) + Self.reserve, longest))
        if delays.count > Self.windows { delays.removeFirst() }
        _ = self.delay(at: moment)
    }

    /// Seconds from when a frame is due to when it goes out.
    mutating func delay(at moment: ContinuousClock.Instant) -> Double {
        let passed = asOf.map { max(0, (moment - $0) / .seconds(1)) } ?? 0
        asOf = asOf.map { max($0, moment) } ?? moment
        current = max(delays.max() ?? 0, current - passed * Self.glide)
        return current
    }
}
