import FoundationEssentials

/// A moment of the wall clock as events write it, in UTC.
package struct EventMoment: Sendable, Equatable {
    /// Seconds since 1970, to the millisecond, within the years 1970 to 9999.
    package let seconds: Double

    package init(_ seconds: Double) {
        let clamped = seconds.isNaN ? 0 : min(max(seconds, 0), 253_402_300_799)
        self.seconds = (clamped * 1000).rounded() / 1000
    }

    /// "2026-11-26T14:23:01.250Z"
    package var iso8601: String {
        // A quarter of a millisecond more: the format cuts off, and doubles lie on both sides of what they stand for.
        let date = Date(timeIntervalSince1970: seconds + 0.000_25)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// "20261126T142301Z"
    package var compact: String {
        let date = Date(timeIntervalSince1970: seconds.rounded(.down))
        return date.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
    }
}
