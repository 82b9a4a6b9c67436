import Glibc

/// A UTC time with millisecond resolution, formatted for names and metadata.
public struct UTCTime {
    /// Seconds since 1970, within the years 1970 to 9999.
    let seconds: Double
    private let parts: tm

    /// - Parameter seconds: since 1970, limited to the years 1970 to 9999.
    public init(_ seconds: Double) {
        let clamped = seconds.isNaN ? 0 : min(max(seconds, 0), 253_402_300_799)
        self.seconds = clamped
        var whole = time_t(clamped.rounded(.down))
        var parts = tm()
        gmtime_r(&whole, &parts)
        self.parts = parts
    }

    /// Parses the format of `compact`; nil for any other text.
    init?(compact text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int32? {
            let digits = bytes[range]
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return digits.reduce(0) { 10 * $0 + Int32($1 - UInt8(ascii: "0")) }
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        self.init(Double(timegm(&parts)))
        // `timegm` would accept a 13th month.
        guard compact == String(text) else { return nil }
    }

    /// "20261126T142300Z"
    var compact: String { "\(date(""))T\(time(""))Z" }

    /// "2026-11-26"
    var day: String { date("-") }

    /// "2026-11-26T14:23:00.250Z"
    public var iso8601: String {
        // Doubles represent the present time with a resolution of a quarter of a microsecond; the small addition keeps
        // that error from reducing the milliseconds by one.
        let milliseconds = min(Int((seconds - seconds.rounded(.down)) * 1000 + 0.001), 999)
        return "\(date("-"))T\(time(":")).\(Self.padded(Int32(milliseconds), 3))Z"
    }

    private func date(_ separator: String) -> String {
        [Self.padded(parts.tm_year + 1900, 4), Self.padded(parts.tm_mon + 1, 2), Self.padded(parts.tm_mday, 2)]
            .joined(separator: separator)
    }

    private func time(_ separator: String) -> String {
        [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.padded($0, 2) }.joined(separator: separator)
    }

    private static func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
