import Foundation

/// Times as the ledger's file has them: whole milliseconds since 1970.
enum UnixTime {
    /// Beyond it, milliseconds would not be exact as `Double`: some 285,000 years.
    private static let limit = Double(1 << 53)

    /// Never traps: what is beyond the limits becomes the limit, what is no number becomes 1970.
    static func milliseconds(_ date: Date) -> Int64 {
        let value = (date.timeIntervalSince1970 * 1000).rounded()
        return value.isNaN ? 0 : Int64(min(max(value, -limit), limit))
    }

    static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
