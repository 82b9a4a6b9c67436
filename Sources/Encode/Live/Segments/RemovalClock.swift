import Synchronization

/// The time by which files are old enough to be removed: this machine's wall clock, as far as it is certain.
///
/// It is certain when the kernel says that it is synchronised, or when it has gone on evenly for long enough. A wall clock that
/// jumps is not: until it is certain again, time goes on from where it was before, or where the wall clock stands if that is less.
/// So whatever a clock does, nothing is removed that would not have been removed without it.
public final class RemovalClock: Sendable {
    /// The clocks at one moment.
    public struct Reading: Sendable {
        /// Seconds since 1970.
        public var wall: Double
        /// Seconds by a clock that nobody sets and that goes on while the machine sleeps.
        public var monotonic: Double
        /// Whether the kernel says that `wall` is kept to a time from outside.
        public var isSynchronised: Bool

        public init(wall: Double, monotonic: Double, isSynchronised: Bool) {
            self.wall = wall
            self.monotonic = monotonic
            self.isSynchronised = isSynchronised
        }
    }

    /// What a look at the clock tells.
    public struct Answer: Sendable, Equatable {
        /// Seconds since 1970; nil if no time is certain yet.
        public var now: Double?
        /// Seconds that the wall clock has jumped by, told once for each jump; nil for no news.
        public var jump: Double?
    }

    /// Seconds for which a wall clock has to go on evenly before it is certain: as long as it has jumped, within these.
    public static let trial = 3600.0...86_400.0
    /// Seconds that a wall clock may be moved by at once without being doubted: a leap second, a small correction.
    private static let tolerance = 5.0

    fileprivate struct State {
        /// The wall clock less the monotonic one, when that was certain.
        var certain: Double?
        /// The same as it is now, and since when by the monotonic clock.
        var candidate: (offset: Double, since: Double)?
    }

    private let read: @Sendable () -> Reading
    private let state = Mutex(State())

    public init(read: @escaping @Sendable () -> Reading) {
        self.read = read
    }

    /// Looks at the clocks. One that is looked at seldom takes longer to become certain.
    public func look() -> Answer {
        let reading = read()
        let offset = reading.wall - reading.monotonic
        return state.withLock { state in
            if reading.isSynchronised || state.certain.map({ abs(offset - $0) <= Self.tolerance }) ?? false {
                state = State(certain: offset)
                return Answer(now: reading.wall)
            }
            guard let candidate = state.candidate, abs(offset - candidate.offset) <= Self.tolerance else {
                state.candidate = (offset, reading.monotonic)
                return Answer(
                    now: state.now(reading), jump: state.certain.map { offset - $0 })
            }
            state.candidate?.offset = offset
            let jump = state.certain.map { abs(offset - $0) } ?? 0
            let trial = min(max(jump, Self.trial.lowerBound), Self.trial.upperBound)
            guard reading.monotonic - candidate.since >= trial else { return Answer(now: state.now(reading)) }
            state = State(certain: offset)
            return Answer(now: reading.wall)
        }
    }
}

extension RemovalClock.State {
    /// The time from before a jump, gone on, or the wall clock's if that is less.
    fileprivate func now(_ reading: RemovalClock.Reading) -> Double? {
        certain.map { min(reading.wall, reading.monotonic + $0) }
    }
}
