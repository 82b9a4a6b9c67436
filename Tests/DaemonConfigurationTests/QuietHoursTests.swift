import Foundation
import Testing

@testable import DaemonConfiguration

@Suite struct QuietHoursTests {
    private static let berlin = calendar("Europe/Berlin")

    private static func calendar(_ zone: String) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        return calendar
    }

    private func date(_ text: String) throws -> Date {
        try Date.ISO8601FormatStyle().parse(text)
    }

    private func isQuiet(_ hours: String, _ utc: String, _ calendar: Calendar = Self.berlin) throws -> Bool {
        try #require(QuietHours(hours)).contains(date(utc), calendar: calendar)
    }

    @Test func theEndIsNotInIt() throws {
        let gmt = Self.calendar("GMT")
        for (time, isIt) in [
            ("21:59:59", false), ("22:00:00", true), ("23:59:59", true), ("00:00:00", true), ("05:59:59", true),
            ("06:00:00", false), ("12:00:00", false),
        ] {
            #expect(try isQuiet("22:00-06:00", "2026-11-30T\(time)Z", gmt) == isIt, "\(time)")
        }
        #expect(try isQuiet("12:00-13:00, 22:00-24:00", "2026-11-30T12:30:00Z", gmt))
        #expect(try isQuiet("12:00-13:00, 22:00-24:00", "2026-11-30T23:59:59Z", gmt))
        #expect(try !isQuiet("12:00-13:00, 22:00-24:00", "2026-12-01T00:00:00Z", gmt))
    }

    /// 2026-03-29: 01:59:59 in Berlin (00:59:59 UTC) is followed by 03:00:00.
    @Test func theClockIsPutForwardOverAnEnd() throws {
        #expect(try isQuiet("22:00-02:30", "2026-03-29T00:59:59Z"))
        #expect(try !isQuiet("22:00-02:30", "2026-03-29T01:00:00Z"))
        // The start does not exist in this night; the hours start at the next time that does.
        #expect(try !isQuiet("02:30-06:00", "2026-03-29T00:59:59Z"))
        #expect(try isQuiet("02:30-06:00", "2026-03-29T01:00:00Z"))
        #expect(try isQuiet("02:30-06:00", "2026-03-29T03:59:59Z"))
        #expect(try !isQuiet("02:30-06:00", "2026-03-29T04:00:00Z"))
    }

    /// 2026-10-25: 02:59:59 in Berlin (00:59:59 UTC) is followed by 02:00:00.
    @Test func theClockIsPutBack() throws {
        // In UTC, 06:00 is an hour later than on the day before.
        #expect(try !isQuiet("22:00-06:00", "2026-10-24T04:00:00Z") && isQuiet("22:00-06:00", "2026-10-25T04:00:00Z"))
        #expect(try !isQuiet("22:00-06:00", "2026-10-25T05:00:00Z"))
        // 02:45 occurs twice and has the same result both times.
        for time in ["00:45:00", "01:45:00"] {
            #expect(try isQuiet("02:30-06:00", "2026-10-25T\(time)Z"))
            #expect(try !isQuiet("22:00-02:30", "2026-10-25T\(time)Z"))
        }
        for time in ["00:15:00", "01:15:00"] { #expect(try isQuiet("22:00-02:30", "2026-10-25T\(time)Z")) }
    }

    @Test(arguments: [
        "", "22:00", "22:00-", "22-06", "22:00-22:00", "24:00-06:00", "22:00-24:01", "22:60-06:00", "2:00-06:00",
        "22:00-06:00-07:00", "22:00-06:00,", "٢٢:00-06:00", "-1:00-06:00", "22:00–06:00", "99:99-00:00",
    ])
    func whatIsNoTimesOfTheDay(_ text: String) {
        #expect(QuietHours(text) == nil)
    }
}
