import CFFmpeg
import Concurrency
import Synchronization

/// FFmpeg's interrupt callback, which it calls repeatedly during blocking calls to learn whether to abort them.
package final class Interrupt: Sendable {
    package let cancellation: Cancellation
    /// Monotonic times in nanoseconds at which blocking calls are aborted; `Int64.max` means never. The first applies
    /// to the current call, the second to all later calls too.
    private let deadline = Atomic<Int64>(.max)
    private let stopDeadline = Atomic<Int64>(.max)
    private let isClosing = Atomic<Bool>(false)

    package init(_ cancellation: Cancellation = Cancellation()) {
        self.cancellation = cancellation
    }

    /// Sets the deadline of the next call; nil waits without a limit.
    package func setDeadline(in seconds: Double?) {
        guard let seconds, seconds < 1e9 else {
            deadline.store(.max, ordering: .relaxed)
            return
        }
        deadline.store(MonotonicTime.after(seconds).nanoseconds, ordering: .relaxed)
    }

    /// Aborts the current call and all later ones after this many seconds.
    package func stop(within seconds: Double) {
        stopDeadline.store(MonotonicTime.after(seconds).nanoseconds, ordering: .relaxed)
    }

    /// Whether the time that `stop` allowed has passed.
    package var hasStopped: Bool { Self.isPast(stopDeadline) }

    package var hasTimedOut: Bool { Self.isPast(deadline) || hasStopped }

    package var shouldStop: Bool {
        hasTimedOut || (cancellation.isCancelled && !isClosing.load(ordering: .relaxed))
    }

    /// From now on cancellation is ignored and only a short deadline applies: closing a connection sends the protocol's
    /// end of session, so that a camera does not keep the session open until it times out.
    package func beginClosing() {
        isClosing.store(true, ordering: .relaxed)
        setDeadline(in: 0.5)
    }

    /// The callback in FFmpeg's type. It does not retain this object; its user must keep the object alive.
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
