import FoundationEssentials

/// Times of the day in which no job begins, by the local clock: `22:00-06:00`, or several with commas between them.
///
/// The clock's face decides: where it is put forward over a begin or an end, that counts from the next moment there is; where
/// it is put back, what it shows twice counts twice.
package struct QuietHours: Sendable, Equatable {
    private struct Span: Sendable, Equatable {
        /// Minutes since midnight; the end is not in it. An end before the start is on the next day.
        var start: Int
        var end: Int

        func contains(_ minute: Int) -> Bool {
            start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        }
    }

    /// As given.
    package let text: String
    private let spans: [Span]

    /// Nil if it is not a list of times of the day.
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

    /// "06:30" → 390; "24:00" is the end of the day.
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= day
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameter calendar: has the time zone that counts.
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
