import CFFmpeg
import Concurrency
import Glibc
import Synchronization

/// What FFmpeg asks, again and again, during calls that may block: whether to give up.
package final class Interrupt: Sendable {
    package let cancellation: Cancellation
    /// Monotonic time in nanoseconds after which blocking calls give up; `Int64.max` is never.
    private let deadline = Atomic<Int64>(.max)
    private let isClosing = Atomic<Bool>(false)

    package init(_ cancellation: Cancellation) {
        self.cancellation = cancellation
    }

    /// Starts the clock of the next call; nil waits for ever.
    package func setDeadline(in seconds: Double?) {
        guard let seconds, seconds < 1e9 else {
            deadline.store(.max, ordering: .relaxed)
            return
        }
        deadline.store(Self.now() + Int64(max(0, seconds) * 1e9), ordering: .relaxed)
    }

    package var hasTimedOut: Bool {
        let limit = deadline.load(ordering: .relaxed)
        return limit != .max && Self.now() > limit
    }

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

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
