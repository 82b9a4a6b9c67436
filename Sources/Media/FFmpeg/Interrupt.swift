import CFFmpeg
import Concurrency
import Synchronization

/// What FFmpeg asks, again and again, during calls that may block: whether to give up.
package final class Interrupt: Sendable {
    package let cancellation: Cancellation
    /// Monotonic times in nanoseconds after which blocking calls give up; `Int64.max` is never. The first holds for the call in
    /// progress, the second for all that follow too.
    private let deadline = Atomic<Int64>(.max)
    private let stopDeadline = Atomic<Int64>(.max)
    private let isClosing = Atomic<Bool>(false)

    package init(_ cancellation: Cancellation = Cancellation()) {
        self.cancellation = cancellation
    }

    /// Starts the clock of the next call; nil waits for ever.
    package func setDeadline(in seconds: Double?) {
        guard let seconds, seconds < 1e9 else {
            deadline.store(.max, ordering: .relaxed)
            return
        }
        deadline.store(MonotonicTime.after(seconds).nanoseconds, ordering: .relaxed)
    }

    /// Ends the call in progress, and all later ones, after this many seconds.
    package func stop(within seconds: Double) {
        stopDeadline.store(MonotonicTime.after(seconds).nanoseconds, ordering: .relaxed)
    }

    /// Whether the time that `stop` left is over.
    package var hasStopped: Bool { Self.isPast(stopDeadline) }

    package var hasTimedOut: Bool { Self.isPast(deadline) || hasStopped }

    package var shouldStop: Bool {
        hasTimedOut || (cancellation.isCancelled && !isClosing.load(ordering: .relaxed))
    }

    /// From now on cancellation no longer counts, only a short deadline: closing a connection says goodbye, so that a
    /// camera does not hold its session open until it times out.
    package func beginClosing() {
        isClosing.store(true, ordering: .relaxed)
        setDeadline(in: 0.5)
    }

    /// The form FFmpeg takes. It holds no reference: whoever hands it on keeps this object alive as long.
    package var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<Interrupt>.fromOpaque(opaque).takeUnretainedValue().shouldStop ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }

    private static func isPast(_ moment: borrowing Atomic<Int64>) -> Bool {
        let limit = moment.load(ordering: .relaxed)
        return limit != .max && MonotonicTime.now.nanoseconds > limit
    }
}
