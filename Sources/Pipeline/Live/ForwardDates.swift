/// Dates of one kind of thing, in its order, that go forwards: what is known of a stream's delay comes in steps, and a date that
/// is taken later may come out a little earlier than one that was told already.
///
/// A clock that was put back is followed.
struct ForwardDates {
    /// Seconds: more than a connection's opening delays its first pictures.
    private static let largestCorrection = 5.0

    private var last = -Double.infinity

    /// - Parameter wallClock: seconds since 1970.
    mutating func date(_ wallClock: Double) -> Double {
        let isCorrection = wallClock < last && last - wallClock < Self.largestCorrection
        if !isCorrection { last = wallClock }
        return last
    }
}
