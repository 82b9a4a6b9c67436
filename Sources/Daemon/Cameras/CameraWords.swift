/// Numbers as they stand in a camera's verdict and log lines.
enum CameraWords {
    static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    /// With one digit after the point.
    static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        let tenths = Int((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }

    /// Without a digit after the point where it would be 0.
    static func short(_ value: Double) -> String {
        let text = tenths(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
