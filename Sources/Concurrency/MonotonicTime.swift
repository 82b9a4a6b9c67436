import Glibc

/// A moment of CLOCK_MONOTONIC, which setting the wall clock does not move.
public struct MonotonicTime: Sendable, Comparable {
    /// Seconds; a longer distance is cut to this, some 30 years.
    private static let farthest = 1e9

    /// Since some moment in the past.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static var now: MonotonicTime {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The moment this many seconds from now; now for a number that is not above 0.
    public static func after(_ seconds: Double) -> MonotonicTime {
        let distance = seconds > 0 ? min(seconds, farthest) : 0
        return MonotonicTime(nanoseconds: now.nanoseconds + Int64(distance * 1e9))
    }

    /// Seconds from it to now.
    public var secondsAgo: Double { Double(Self.now.nanoseconds - nanoseconds) / 1e9 }

    public static func < (first: MonotonicTime, second: MonotonicTime) -> Bool {
        first.nanoseconds < second.nanoseconds
    }

    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}

/// Seconds since it was made, by any clock.
public struct Stopwatch: Sendable {
    private let elapsed: @Sendable () -> Duration

    public init(_ clock: some Clock<Duration>) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
    }

    public var seconds: Double { elapsed() / .seconds(1) }
}
