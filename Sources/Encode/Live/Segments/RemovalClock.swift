import Synchronization

/// The clock by which the age of files is judged before they are removed: this machine's wall clock, as far as it is
/// trustworthy.
///
/// The wall clock is trusted when the kernel reports that it is synchronised, or when it has run without a jump for
/// long enough. After a jump it is not trusted: until it is again, the time continues from before the jump, or is the
/// wall clock's if that is less. So a wrong clock never causes the removal of a file that would otherwise have been
/// kept.
public final class RemovalClock: Sendable {
    /// The clocks' values at one time.
    public struct Reading: Sendable {
        /// Seconds since 1970.
        public var wall: Double
        /// Seconds on a clock that cannot be set and that continues while the machine is suspended.
        public var monotonic: Double
        /// Whether the kernel reports that `wall` is synchronised to an external clock.
        public var isSynchronised: Bool

        public init(wall: Double, monotonic: Double, isSynchronised: Bool) {
            self.wall = wall
            self.monotonic = monotonic
            self.isSynchronised = isSynchronised
        }
    }

    /// The result of checking the clock.
    public struct Answer: Sendable, Equatable {
        /// Seconds since 1970; nil if no time is trusted yet.
        public var now: Double?
        /// The seconds by which the wall clock has jumped, reported once per jump; nil otherwise.
        public var jump: Double?
    }

    /// The seconds for which a wall clock must run without a jump before it is trusted: as long as the jump, within
    /// these limits.
    public static let trial = 3600.0...86_400.0
    /// The seconds by which a wall clock may jump and still be trusted: a leap second, a small correction.
    private static let tolerance = 5.0

    fileprivate struct State {
        /// The trusted difference of wall clock and monotonic clock.
        var certain: Double?
        /// The current difference, and since when on the monotonic clock.
        var candidate: (offset: Double, since: Double)?
    }

    private let read: @Sendable () -> Reading
    private let state = Mutex(State())

    public init(read: @escaping @Sendable () -> Reading) {
        self.read = read
    }

    /// Reads the clocks. If this is called rarely, it takes longer until the wall clock is trusted.
    public func check() -> Answer {
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
    /// The continued time from before a jump, or the wall clock's if that is less.
    fileprivate func now(_ reading: RemovalClock.Reading) -> Double? {
        certain.map { min(reading.wall, reading.monotonic + $0) }
    }
}
