import Engine

/// Sizes in bytes as users write them: `5 GB`, `500 MB`, `2 GiB`, or a bare number.
package enum ByteSize {
    private static let units: [(name: String, bytes: Int64)] = [
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("KiB", 1 << 10),
        ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("B", 1),
    ]

    /// Returns nil if the text is not a size, or the size is too large.
    package static func parse(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let bytes = unit.isEmpty ? 1 : units.first(where: { $0.name.lowercased() == unit.lowercased() })?.bytes,
            let value = Double(number), value.isFinite
        else { return nil }
        let count = value * Double(bytes)
        return count < 0x1p62 ? Int64(count.rounded(.down)) : nil
    }

    /// The size with up to two decimal places: "4.98 GB".
    package static func text(_ bytes: Int64) -> String {
        guard let (name, size) = units.prefix(4).last(where: { bytes >= $0.bytes }) else { return "\(bytes) B" }
        let hundredths = (Double(bytes) / Double(size) * 100).rounded(.down) / 100
        return hundredths == hundredths.rounded() ? "\(Int(hundredths)) \(name)" : "\(hundredths) \(name)"
    }
}

extension SettingForm where Value == Int64 {
    /// A size that is written as a bare number.
    static var bytes: Self {
        Self(
            value: { ByteSize.parse($0) }, text: { String($0) },
            requirement: { "a number of bytes such as 5 GB or 500 MB" })
    }
}
