/// A map from heat to colours: heat 0 (cold) to 255 (hot), or signed heat from 1 (against) over 128 (none) to 255
/// (for).
public enum Colormap: String, Sendable, CaseIterable, Codable {
    case turbo
    case inferno
    case viridis
    case jet
    /// Muted blue over grey to red.
    case coolwarm
    /// Pure blue over white to red.
    case bwr

    /// The kind of heat for which it is made.
    public var sign: HeatSign {
        switch self {
        case .turbo, .inferno, .viridis, .jet: .absolute
        case .coolwarm, .bwr: .signed
        }
    }

    /// The default colormap.
    public static func standard(for sign: HeatSign) -> Colormap { sign == .absolute ? .turbo : .coolwarm }

    /// The colour of a heat of 0…255, as 8-bit full-range RGB.
    public func color(_ heat: UInt8) -> RGB {
        let entry = table[Int(heat)]
        return RGB(
            red: UInt8(truncatingIfNeeded: entry >> 16), green: UInt8(truncatingIfNeeded: entry >> 8),
            blue: UInt8(truncatingIfNeeded: entry))
    }

    /// The fraction of the overlay's opacity, as 0…255, with which a heat of 0…255 is drawn: proportional to the heat's
    /// magnitude.
    func strength(_ heat: UInt8) -> UInt8 {
        guard sign == .signed else { return heat }
        let distance = Int(heat) - Int(HeatSign.signed.none)
        return UInt8(clamping: (distance.magnitude * 255 + 63) / 127)
    }

    private var table: [UInt32] {
        switch self {
        case .turbo: ColormapTables.turbo
        case .inferno: ColormapTables.inferno
        case .viridis: ColormapTables.viridis
        case .jet: ColormapTables.jet
        case .coolwarm: ColormapTables.coolwarm
        case .bwr: ColormapTables.bwr
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
