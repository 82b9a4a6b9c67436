import Concurrency
import Glibc
import Media

/// Holds frames that come sooner than they are to be shown: a file's, and HLS's, which come in bursts of a segment.
struct LivePacer {
    private let wait: LiveWait
    /// When the frame at time 0 was due.
    private var anchor: ContinuousClock.Instant?
    /// The first of the frames that all came late, in seconds.
    private var lateSince: Double?

    /// Seconds that a frame may be late: a stream catches up.
    static let tolerance = 1.0
    /// Seconds of stream after which one that does not catch up is late for good, and paced again.
    static let grace = 10.0

    init(_ wait: LiveWait) {
        self.wait = wait
    }

    /// The next frame is due when it comes.
    mutating func beginAnew() {
        anchor = nil
        lateSince = nil
    }

    /// Waits until the frame at `time` is due, or the wait is cancelled.
    ///
    /// - Parameter time: in seconds since the first frame, rising.
    /// - Returns: whether pacing started again; nothing is missing then, what follows is shown later than it was.
    @discardableResult mutating func hold(_ time: Double, cancellation: Cancellation) -> Bool {
        let now = wait.now()
        guard let start = anchor else {
            anchor = now.advanced(by: .seconds(-time))
            return false
        }
        let due = start.advanced(by: .seconds(time))
        guard now > due.advanced(by: .seconds(Self.tolerance)) else {
            lateSince = nil
            if due > now { wait.until(due, cancellation) }
            return false
        }
        let since = lateSince ?? time
        lateSince = since
        guard time - since > Self.grace else { return false }
        anchor = now.advanced(by: .seconds(-time))
        lateSince = nil
        return true
    }
}

/// A clock and a wait on it; tests have their own.
struct LiveWait {
    var now: () -> ContinuousClock.Instant
    /// Returns at that time, or sooner when cancelled.
    var until: (ContinuousClock.Instant, Cancellation) -> Void

    static var system: LiveWait {
        LiveWait(now: { .now }) { instant, cancellation in
            while !cancellation.isCancelled, case let rest = instant - .now, rest > .zero {
                // A flag rings no bell: it is looked at often enough to feel at once.
                usleep(UInt32(min(20_000, max(1, rest / .microseconds(1)))))
            }
        }
    }
}

/// How long a stream has sent no frame, counting only the time that its reader waited for one.
struct StallClock {
    private var interrupt: Interrupt
    /// In seconds.
    let limit: Double
    private var spent = Duration.zero
    private var entered = ContinuousClock.now

    init(_ interrupt: Interrupt, limit: Double) {
        self.interrupt = interrupt
        self.limit = limit
    }

    /// The reader begins to wait.
    mutating func enter() {
        entered = .now
        interrupt.setDeadline(in: limit - spent / .seconds(1))
    }

    /// The reader has something, though no frame.
    mutating func leave() {
        spent += .now - entered
        // Whatever the reader does elsewhere is not interrupted.
        interrupt.setDeadline(in: nil)
    }

    /// The stream goes on by another connection.
    mutating func move(to interrupt: Interrupt) {
        leave()
        self.interrupt = interrupt
        enter()
    }

    /// A frame arrived.
    mutating func reset() {
        spent = .zero
        enter()
    }
}
