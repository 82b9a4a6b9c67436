import FoundationEssentials
import Glibc

extension TimeZone {
    /// What the local clock is ahead of UTC at a moment, as a zone in which it is that at every moment.
    ///
    /// FoundationEssentials knows no zones with a summer time; the C library does, and goes by `TZ` or `/etc/localtime`.
    package static func local(at date: Date) -> TimeZone {
        var seconds = time_t(clamping: Int64(exactly: date.timeIntervalSince1970.rounded(.down)) ?? 0)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return .gmt }
        return TimeZone(secondsFromGMT: parts.tm_gmtoff) ?? .gmt
    }
}

extension Calendar {
    /// The local calendar at a moment; before or after it, summer time may begin or end.
    package static func local(at date: Date) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .local(at: date)
        return calendar
    }
}
