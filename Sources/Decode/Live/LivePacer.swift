import Concurrency
import Glibc
import Media

/// Delays frames that arrive before their presentation time: those of files, and those of HLS, which arrive in bursts
/// of one segment.
struct LivePacer {
    private let wait: LiveWait
    /// The due time of the frame at time 0.
    private var anchor: ContinuousClock.Instant?
    /// The time of the first of consecutive late frames, in seconds.
    private var lateSince: Double?

    /// The seconds by which a frame may be late before pacing restarts: a stream usually catches up.
    static let tolerance = 1.0
    /// The seconds of stream time after which pacing restarts if the stream does not catch up.
    static let grace = 10.0

    init(_ wait: LiveWait) {
        self.wait = wait
    }

    /// Makes the next frame due at its arrival.
    mutating func restart() {
        anchor = nil
        lateSince = nil
    }

    /// Waits until the frame at `time` is due, or until cancellation.
    ///
    /// - Parameter time: in seconds since the first frame, increasing.
    /// - Returns: whether pacing restarted; then no frame is missing, but the following frames are presented later.
    @discardableResult mutating func delay(_ time: Double, cancellation: Cancellation) -> Bool {
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

/// A clock and a function that waits on it; tests replace both.
struct LiveWait {
    var now: () -> ContinuousClock.Instant
    /// Returns at the given time, or earlier if cancelled.
    var until: (ContinuousClock.Instant, Cancellation) -> Void

    static var system: LiveWait {
        LiveWait(now: { .now }) { instant, cancellation in
            while !cancellation.isCancelled, case let rest = instant - .now, rest > .zero {
                // The cancellation flag cannot wake a sleeping thread, so it is polled every 20 ms.
                usleep(UInt32(min(20_000, max(1, rest / .microseconds(1)))))
            }
        }
    }
}

/// Measures how long a stream has sent no frame, counting only the time that the reader waited for one.
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

    /// Called when the reader begins to wait.
    mutating func enter() {
        entered = .now
        interrupt.setDeadline(in: limit - spent / .seconds(1))
    }

    /// Called when the reader stops waiting without having received a frame.
    mutating func leave() {
        spent += .now - entered
        // The reader's other work must not be interrupted.
        interrupt.setDeadline(in: nil)
    }

    /// Continues with another connection's interrupt.
    mutating func move(to interrupt: Interrupt) {
        leave()
        self.interrupt = interrupt
        enter()
    }

    /// Called when a frame arrives.
    mutating func reset() {
        spent = .zero
        enter()
    }
}
