/// Where a live stream's own time lies on this machine's clock, as its arrivals tell.
///
/// What comes soonest after its time shows the stream as it is without delay: the rest is late by the difference. That
/// bound rises slowly, so that a camera's clock that runs slow does not make every picture later for months. One of these
/// is good for one run of pictures without a gap; after a gap, `restart`.
public struct LiveClock: Sendable {
    /// Seconds by which the bound rises in a second: more than any quartz is off, less than any delay grows by.
    public static let leak = 0.001

    /// When the picture at time 0 was due, as of `asOf`.
    private var origin: ContinuousClock.Instant
    private var asOf: ContinuousClock.Instant

    /// Begins with a picture.
    ///
    /// - Parameter time: in seconds since the source's first picture.
    public init(arrival: ContinuousClock.Instant, time: Double) {
        origin = arrival.advanced(by: .seconds(-time))
        asOf = arrival
    }

    /// Takes the next picture in.
    public mutating func note(arrival: ContinuousClock.Instant, time: Double) {
        let passed = max(0, (arrival - asOf) / .seconds(1))
        origin = min(origin.advanced(by: .seconds(passed * Self.leak)), arrival.advanced(by: .seconds(-time)))
        asOf = max(asOf, arrival)
    }

    /// Begins anew with the first picture after a gap.
    public mutating func restart(arrival: ContinuousClock.Instant, time: Double) {
        self = LiveClock(arrival: arrival, time: time)
    }

    /// When the picture at `time` comes if nothing delays it.
    public func due(_ time: Double) -> ContinuousClock.Instant {
        origin.advanced(by: .seconds(time))
    }

    /// Seconds from when a picture was due to `arrival`, which may be any later moment of its way too.
    public func lateness(arrival: ContinuousClock.Instant, time: Double) -> Double {
        (arrival - due(time)) / .seconds(1)
    }

    /// When the picture at `time` was taken, in seconds since 1970.
    ///
    /// - Parameters:
    ///   - startOnWallClock: `LiveSource.startOnWallClock`: the camera's word, where there is one.
    ///   - now: a moment.
    ///   - wallNow: the same moment in seconds since 1970.
    public func wallClock(
        of time: Double, startOnWallClock: Double? = nil, now: ContinuousClock.Instant, wallNow: Double
    ) -> Double {
        if let startOnWallClock { return startOnWallClock + time }
        return wallNow - (now - due(time)) / .seconds(1)
    }
}
