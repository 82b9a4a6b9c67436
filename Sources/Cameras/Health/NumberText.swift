/// Formats numbers for a camera's verdict and log messages.
package enum NumberText {
    package static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    /// With one decimal.
    static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        let tenths = Int((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }

    /// With one decimal, or none if it would be 0.
    package static func short(_ value: Double) -> String {
        let text = tenths(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// Formats a duration in one unit: `40 s`, `12 min`, `3 h`, `2 days`.
package enum PlainDuration {
    package static func text(_ seconds: Double) -> String {
        let seconds = seconds.isFinite ? max(0, seconds) : 0
        if seconds < 90 { return "\(Int(seconds)) s" }
        if seconds < 90 * 60 { return "\(Int(seconds / 60)) min" }
        if seconds < 36 * 3600 { return "\(Int(seconds / 3600)) h" }
        return "\(Int(min(seconds / 86_400, 1e9))) days"
    }
}
