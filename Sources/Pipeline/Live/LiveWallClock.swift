import Synchronization

/// Where the wall clock stood when an epoch's first picture was taken, as far as is known by now.
final class LiveWallClock: Sendable {
    private let origin = Mutex(0.0)

    /// Notes that a picture at `time` seconds was taken at `wallClock` seconds since 1970.
    func note(_ wallClock: Double, of time: Double) {
        origin.withLock { $0 = wallClock - time }
    }

    /// Seconds since 1970.
    func time(of time: Double) -> Double {
        origin.withLock { $0 } + time
    }
}
