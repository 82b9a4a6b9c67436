import Glibc

/// A point in time on CLOCK_MONOTONIC, which does not change when the wall clock is set.
public struct MonotonicTime: Sendable, Comparable {
    /// The maximum distance in seconds, about 30 years; a longer one is limited to it.
    private static let farthest = 1e9

    /// Nanoseconds since an unspecified time in the past.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static var now: MonotonicTime {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The time this many seconds from now; now if the number is not positive.
    public static func after(_ seconds: Double) -> MonotonicTime {
        let distance = seconds > 0 ? min(seconds, farthest) : 0
        return MonotonicTime(nanoseconds: now.nanoseconds + Int64(distance * 1e9))
    }

    /// Seconds from this time to now.
    public var secondsAgo: Double { Double(Self.now.nanoseconds - nanoseconds) / 1e9 }

    public static func < (first: MonotonicTime, second: MonotonicTime) -> Bool {
        first.nanoseconds < second.nanoseconds
    }

    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}

/// Measures the seconds since its creation, on any clock.
public struct Stopwatch: Sendable {
    private let elapsed: @Sendable () -> Duration

    public init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    public var seconds: Double { elapsed() / .seconds(1) }
}
