/// Maps a live stream's time to this machine's clock, based on the arrival times of its frames.
///
/// The frames with the smallest difference between arrival and time stamp define the bound without delay; other frames
/// are late by their distance from it. While frames are read as soon as they arrive, the bound follows the source: it
/// rises as fast as the source's time stamps fall behind, so that neither a slow camera clock nor a longer network path
/// makes every frame late. It does not follow a reader that has fallen behind, because that lateness is the reader's
/// and must be reported. A clock is valid for a sequence of frames without a gap; call `restart` after a gap.
public struct LiveClock: Sendable {
    /// The minimum rise of the bound, in seconds per second: more than the error of any quartz clock, less than the
    /// growth of any delay.
    public static let leak = 0.001
    /// The maximum rise, in seconds per second: the stream's time must still advance.
    private static let largestLeak = 0.95

    /// The due time of the frame at time 0, as estimated at `asOf`.
    private var origin: ContinuousClock.Instant
    private var asOf: ContinuousClock.Instant
    /// The current rise of the bound, in seconds per second.
    private var leak = Self.leak
    private var interval: ArrivalInterval
    /// The previous interval, if its frames were read as soon as they arrived.
    private var previous: ArrivalInterval?

    /// Starts with the first frame.
    ///
    /// - Parameter time: in seconds since the source's first frame.
    public init(arrival: ContinuousClock.Instant, time: Double) {
        origin = arrival.advanced(by: .seconds(-time))
        asOf = arrival
        interval = ArrivalInterval(begin: arrival, rise: Self.leak)
    }

    /// Updates the clock with the next frame.
    ///
    /// - Parameter waited: the seconds for which the reader waited for this frame.
    public mutating func update(arrival: ContinuousClock.Instant, time: Double, waited: Double = 0) {
        let passed = max(0, (arrival - asOf) / .seconds(1))
        let sooner = arrival.advanced(by: .seconds(-time))
        origin = min(origin.advanced(by: .seconds(passed * leak)), sooner)
        asOf = max(asOf, arrival)
        interval.add(arrival: arrival, origin: sooner, waited: waited)
        guard interval.isLongEnough else { return }
        follow(until: arrival)
        interval = ArrivalInterval(begin: arrival, rise: leak)
    }

    /// Follows the source over a completed interval.
    private mutating func follow(until now: ContinuousClock.Instant) {
        guard interval.isReaderWaiting else {
            // The reader has fallen behind, so the bound stays unchanged.
            previous = nil
            return
        }
        if let previous, interval.begin > previous.begin {
            let drift =
                (interval.bound(at: interval.begin) - previous.bound(at: previous.begin))
                / (interval.begin - previous.begin)
            leak = min(max(drift, Self.leak), Self.largestLeak)
        }
        // If all frames of the interval arrived after the bound, the source itself has become later.
        origin = max(origin, interval.bound(at: now))
        previous = interval
    }

    /// Restarts the clock with the first frame after a gap.
    public mutating func restart(arrival: ContinuousClock.Instant, time: Double) {
        self = LiveClock(arrival: arrival, time: time)
    }

    /// The arrival time of the frame at `time` if nothing delays it.
    public func due(_ time: Double) -> ContinuousClock.Instant {
        origin.advanced(by: .seconds(time))
    }

    /// The seconds from the due time of a frame to `arrival`, which may also be the time of a later processing step.
    public func lateness(arrival: ContinuousClock.Instant, time: Double) -> Double {
        (arrival - due(time)) / .seconds(1)
    }

    /// The capture time of the frame at `time` on this machine's clock, in seconds since 1970.
    ///
    /// - Parameters:
    ///   - now: a point in time.
    ///   - wallNow: the same point in time, in seconds since 1970.
    public func wallClock(of time: Double, now: ContinuousClock.Instant, wallNow: Double) -> Double {
        wallNow - (now - due(time)) / .seconds(1)
    }
}

/// An interval of a few seconds in a live stream, and the lower bound of its frames' arrivals.
struct ArrivalInterval: Sendable {
    /// The length in seconds after which the earliest arrival is reliable.
    private static let length = 2.0
    /// The maximum contribution of one pause, in seconds: a stall and the burst after it reveal little about the
    /// source.
    private static let longestStep = 0.5
    /// The minimum fraction of time that a reader which keeps up spends waiting for frames.
    private static let idlePart = 0.1

    /// The arrival after which it begins.
    let begin: ContinuousClock.Instant
    /// The rise of the bound, in seconds per second.
    private let rise: Double
    /// The earliest estimated arrival of a frame at time 0 over the interval's frames, as of `begin`.
    private var lowest: ContinuousClock.Instant?
    private var newest: ContinuousClock.Instant
    /// Seconds.
    private var covered = 0.0
    private var waited = 0.0

    init(begin: ContinuousClock.Instant, rise: Double) {
        self.begin = begin
        self.rise = rise
        newest = begin
    }

    /// - Parameters:
    ///   - origin: the arrival of a frame at time 0 that this frame implies.
    ///   - waited: the seconds for which the reader waited for this frame.
    mutating func add(arrival: ContinuousClock.Instant, origin: ContinuousClock.Instant, waited: Double) {
        let level = origin.advanced(by: .seconds(-rise * ((arrival - begin) / .seconds(1))))
        lowest = lowest.map { min($0, level) } ?? level
        let step = max(0, (arrival - newest) / .seconds(1))
        covered += min(step, Self.longestStep)
        self.waited += min(waited, step, Self.longestStep)
        newest = max(newest, arrival)
    }

    var isLongEnough: Bool { covered >= Self.length }

    /// Whether the reader waited for frames, so that frames did not wait for the reader.
    var isReaderWaiting: Bool { waited >= Self.idlePart * covered }

    /// The earliest arrival of a frame at time 0, as estimated at `moment`.
    func bound(at moment: ContinuousClock.Instant) -> ContinuousClock.Instant {
        (lowest ?? begin).advanced(by: .seconds(rise * ((moment - begin) / .seconds(1))))
    }
}
