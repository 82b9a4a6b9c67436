import FoundationEssentials

/// The times of the day in which no job starts, by the local clock: `22:00-06:00`, or several separated by commas.
///
/// The displayed time decides. If the clock is put forward past a start or an end, the change happens at the next time
/// that exists; if it is put back, the repeated times count twice.
package struct QuietHours: Sendable, Equatable {
    private struct Span: Sendable, Equatable {
        /// Minutes since midnight; the end is exclusive. An end before the start is on the next day.
        var start: Int
        var end: Int

        func contains(_ minute: Int) -> Bool {
            start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        }
    }

    /// The original text.
    package let text: String
    private let spans: [Span]

    /// Returns nil if the text is not a list of times of the day.
    package init?(_ text: String) {
        var spans: [Span] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let times = part.trimmed().split(
                separator: "-", omittingEmptySubsequences: false
            ).map(Self.minutes)
            guard times.count == 2, let start = times[0], let end = times[1], start != end, start < Self.day else {
                return nil
            }
            spans.append(Span(start: start, end: end))
        }
        self.text = text
        self.spans = spans
    }

    private static let day = 24 * 60

    /// Converts "06:30" to 390; "24:00" is the end of the day.
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= day
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameter calendar: a calendar with the time zone to use.
    package func contains(_ date: Date, calendar: Calendar) -> Bool {
        let time = calendar.dateComponents([.hour, .minute], from: date)
        let minute = (time.hour ?? 0) * 60 + (time.minute ?? 0)
        return spans.contains { $0.contains(minute) }
    }
}

extension SettingsReader {
    package mutating func quietHours(_ key: String) throws(SettingsError) -> QuietHours? {
        guard let value = try text(key) else { return nil }
        guard let hours = QuietHours(value) else {
            try refuse(
                key, "has to be times of the day such as 22:00-06:00, with commas between several, not \(value)")
            return nil
        }
        return hours
    }
}
