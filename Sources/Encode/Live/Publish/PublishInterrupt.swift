import CFFmpeg
import Glibc
import Synchronization

/// What FFmpeg asks during calls that may block: whether to give up.
final class PublishInterrupt: Sendable {
    /// Monotonic times in nanoseconds after which calls give up; `Int64.max` is never.
    private let deadline = Atomic<Int64>(.max)
    private let stopDeadline = Atomic<Int64>(.max)

    /// Starts the clock of the next call.
    func setDeadline(in seconds: Double) {
        deadline.store(Self.now() + Int64(seconds * 1e9), ordering: .relaxed)
    }

    /// Ends the call in progress, and all later ones, after so many seconds.
    func stop(within seconds: Double) {
        stopDeadline.store(Self.now() + Int64(min(max(seconds, 0), 1e6) * 1e9), ordering: .relaxed)
    }

    var hasTimedOut: Bool { hasStopped || Self.now() > deadline.load(ordering: .relaxed) }

    /// Whether the time that `stop` left is over.
    var hasStopped: Bool { Self.now() > stopDeadline.load(ordering: .relaxed) }

    /// The form FFmpeg takes. It holds no reference: whoever hands it on keeps this object alive as long.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<PublishInterrupt>.fromOpaque(opaque).takeUnretainedValue().hasTimedOut ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
