/// A few seconds of a live stream in which pictures came one after another, and the bound that none of them came sooner than.
struct EvenStretch: Sendable {
    /// Seconds that it takes to be sure of the soonest arrival.
    private static let length = 2.0
    /// What one silence counts for, in seconds: a stall and the burst behind it say little of how the source is.
    private static let longestStep = 0.5
    /// The part of its time that a reader which keeps up waits for pictures.
    private static let idlePart = 0.1

    /// The arrival that it begins behind.
    let begin: ContinuousClock.Instant
    /// Seconds by which the bound rises in a second.
    private let rise: Double
    /// When a picture at time 0 would have come, had it been no later than the soonest of these, as of `begin`.
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
    ///   - origin: when a picture at time 0 would have come with this one.
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

    /// Whether the reader waited for pictures, so that none waited for the reader.
    var isReadAsItCame: Bool { waited >= Self.idlePart * covered }

    /// When a picture at time 0 would come at the soonest, as of `moment`.
    func bound(at moment: ContinuousClock.Instant) -> ContinuousClock.Instant {
        (lowest ?? begin).advanced(by: .seconds(rise * ((moment - begin) / .seconds(1))))
    }
}
