import FoundationEssentials

/// Readable sizes in decimal units, as in file managers and networks.
public enum ByteCount {
    /// "812 B", "12.3 kB", "50.8 MB".
    public static func text(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: String(printf: "%.1f kB", Double(bytes) / 1e3)
        default: String(printf: "%.1f MB", Double(bytes) / 1e6)
        }
    }
}
