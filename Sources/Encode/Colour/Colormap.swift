/// The colours of heat, from 0 (cold) to 255 (hot).
public enum Colormap: String, Sendable, CaseIterable, Codable {
    case turbo
    case inferno
    case viridis
    case jet

    /// The colour of a heat of 0…255, as 8-bit full-range RGB.
    public func color(_ heat: UInt8) -> RGB {
        let entry = table[Int(heat)]
        return RGB(
            red: UInt8(truncatingIfNeeded: entry >> 16), green: UInt8(truncatingIfNeeded: entry >> 8),
            blue: UInt8(truncatingIfNeeded: entry))
    }

    private var table: [UInt32] {
        switch self {
        case .turbo: ColormapTables.turbo
        case .inferno: ColormapTables.inferno
        case .viridis: ColormapTables.viridis
        case .jet: ColormapTables.jet
        }
    }
}

/// A colour in 8-bit full-range RGB.
public struct RGB: Sendable, Hashable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}
