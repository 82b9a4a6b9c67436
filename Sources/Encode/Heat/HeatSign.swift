import CKernels

/// Whether heat represents unsigned or signed saliency.
public enum HeatSign: String, Sendable, CaseIterable, Codable {
    /// The magnitude of a pixel's saliency: heat 0…255 is none to full.
    case absolute
    /// The direction too: heat 1…127 is evidence against the target, 128 is none, 129…255 is evidence for it.
    case signed

    /// The heat of pixels without saliency.
    public var none: UInt8 { self == .absolute ? 0 : 128 }
}

extension HeatSign {
    /// Writes the heat interpolated between two maps as a plane's values.
    func render(
        _ out: UnsafeMutablePointer<UInt8>?, _ first: [Float], _ second: [Float], _ position: Float, _ count: Int
    ) {
        switch self {
        case .absolute: saliency_heat_render(out, first, second, position, count)
        case .signed: saliency_heat_render_signed(out, first, second, position, count)
        }
    }
}
