import FoundationEssentials

/// A time of the wall clock in the formats of events, in UTC.
package struct EventTimestamp: Sendable, Equatable {
    /// Seconds since 1970, rounded to milliseconds, within the years 1970 to 9999.
    package let seconds: Double

    package init(_ seconds: Double) {
        let clamped = seconds.isNaN ? 0 : min(max(seconds, 0), 253_402_300_799)
        self.seconds = (clamped * 1000).rounded() / 1000
    }

    /// "2026-11-26T14:23:01.250Z"
    package var iso8601: String {
        // The format truncates, and a `Double` may be slightly below the intended value: a quarter of a millisecond is
        // added.
        let date = Date(timeIntervalSince1970: seconds + 0.000_25)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// "20261126T142301Z"
    package var compact: String {
        let date = Date(timeIntervalSince1970: seconds.rounded(.down))
        return date.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
    }
}
