/// Where a live stream's own time lies on this machine's clock, as its arrivals tell.
///
/// What comes soonest after its time shows the stream as it is without delay: the rest is late by the difference. That
/// bound follows the source: it rises as much as the source's stamps fall behind for as long as its frames are read as soon as
/// they come, so that neither a camera whose clock runs slow nor a way that has become longer makes every frame late. It does
/// not follow a reader that has fallen behind: that lateness is the reader's own, and told. One of these
/// is good for one run of frames without a gap; after a gap, `restart`.
public struct LiveClock: Sendable {
    /// Seconds by which the bound rises in a second at least: more than any quartz is off, less than any delay grows by.
    public static let leak = 0.001
    /// Seconds in a second by which stamps may fall behind: time has to go on.
    private static let largestLeak = 0.95

    /// When the frame at time 0 was due, as of `asOf`.
    private var origin: ContinuousClock.Instant
    private var asOf: ContinuousClock.Instant
    /// Seconds by which the bound rises in a second now.
    private var leak = Self.leak
    private var stretch: EvenStretch
    /// The stretch before this one, if its frames were read as they came.
    private var before: EvenStretch?

    /// Begins with a frame.
    ///
    /// - Parameter time: in seconds since the source's first frame.
    public init(arrival: ContinuousClock.Instant, time: Double) {
        origin = arrival.advanced(by: .seconds(-time))
        asOf = arrival
        stretch = EvenStretch(begin: arrival, rise: Self.leak)
    }

    /// Takes the next frame in.
    ///
    /// - Parameter waited: seconds that the reader had nothing to read before it.
    public mutating func note(arrival: ContinuousClock.Instant, time: Double, waited: Double = 0) {
        let passed = max(0, (arrival - asOf) / .seconds(1))
        let sooner = arrival.advanced(by: .seconds(-time))
        origin = min(origin.advanced(by: .seconds(passed * leak)), sooner)
        asOf = max(asOf, arrival)
        stretch.add(arrival: arrival, origin: sooner, waited: waited)
        guard stretch.isLongEnough else { return }
        follow(until: arrival)
        stretch = EvenStretch(begin: arrival, rise: leak)
    }

    /// Follows the source over a stretch that is complete.
    private mutating func follow(until now: ContinuousClock.Instant) {
        guard stretch.isReadAsItCame else {
            // The bound stays where it is for what the reader has fallen behind.
            before = nil
            return
        }
        if let before, stretch.begin > before.begin {
            let drift =
                (stretch.bound(at: stretch.begin) - before.bound(at: before.begin)) / (stretch.begin - before.begin)
            leak = min(max(drift, Self.leak), Self.largestLeak)
        }
        // If all of the stretch came later than the bound says, that is what the source has become.
        origin = max(origin, stretch.bound(at: now))
        before = stretch
    }

    /// Starts again with the first frame after a gap.
    public mutating func restart(arrival: ContinuousClock.Instant, time: Double) {
        self = LiveClock(arrival: arrival, time: time)
    }

    /// When the frame at `time` comes if nothing delays it.
    public func due(_ time: Double) -> ContinuousClock.Instant {
        origin.advanced(by: .seconds(time))
    }

    /// Seconds from when a frame was due to `arrival`, which may be any later moment of its way too.
    public func lateness(arrival: ContinuousClock.Instant, time: Double) -> Double {
        (arrival - due(time)) / .seconds(1)
    }

    /// When the frame at `time` was taken by this machine's clock, in seconds since 1970.
    ///
    /// - Parameters:
    ///   - now: a moment.
    ///   - wallNow: the same moment in seconds since 1970.
    public func wallClock(of time: Double, now: ContinuousClock.Instant, wallNow: Double) -> Double {
        wallNow - (now - due(time)) / .seconds(1)
    }
}

/// A few seconds of a live stream in which frames came one after another, and the bound that none of them came sooner than.
struct EvenStretch: Sendable {
    /// Seconds that it takes to be sure of the soonest arrival.
    private static let length = 2.0
    /// What one silence counts for, in seconds: a stall and the burst behind it say little of how the source is.
    private static let longestStep = 0.5
    /// The part of its time that a reader which keeps up waits for frames.
    private static let idlePart = 0.1

    /// The arrival that it begins behind.
    let begin: ContinuousClock.Instant
    /// Seconds by which the bound rises in a second.
    private let rise: Double
    /// When a frame at time 0 would have come, had it been no later than the soonest of these, as of `begin`.
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
    ///   - origin: when a frame at time 0 would have come with this one.
    ///   - waited: seconds that the reader had nothing to read before it.
    mutating func add(arrival: ContinuousClock.Instant, origin: ContinuousClock.Instant, waited: Double) {
        let level = origin.advanced(by: .seconds(-rise * ((arrival - begin) / .seconds(1))))
        lowest = lowest.map { min($0, level) } ?? level
        let step = max(0, (arrival - newest) / .seconds(1))
        covered += min(step, Self.longestStep)
        self.waited += min(waited, step, Self.longestStep)
        newest = max(newest, arrival)
    }

    var isLongEnough: Bool { covered >= Self.length }

    /// Whether the reader waited for frames, so that none waited for the reader.
    var isReadAsItCame: Bool { waited >= Self.idlePart * covered }

    /// When a frame at time 0 would come at the soonest, as of `moment`.
    func bound(at moment: ContinuousClock.Instant) -> ContinuousClock.Instant {
        (lowest ?? begin).advanced(by: .seconds(rise * ((moment - begin) / .seconds(1))))
    }
}
