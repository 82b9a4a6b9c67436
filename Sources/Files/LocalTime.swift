import FoundationEssentials
import Glibc

extension TimeZone {
    /// The local time's distance from UTC at a moment, as a zone with this fixed distance.
    ///
    /// FoundationEssentials has no zones with daylight saving time; the C library has them, by `TZ` or `/etc/localtime`.
    package static func local(at date: Date) -> TimeZone {
        var seconds = time_t(clamping: Int64(exactly: date.timeIntervalSince1970.rounded(.down)) ?? 0)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return .gmt }
        return TimeZone(secondsFromGMT: parts.tm_gmtoff) ?? .gmt
    }
}

extension Calendar {
    /// The local calendar at a moment; at other moments daylight saving time may differ.
    package static func local(at date: Date) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .local(at: date)
        return calendar
    }
}
