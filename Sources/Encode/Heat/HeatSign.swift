import CKernels

/// What heat tells of saliency.
public enum HeatSign: String, Sendable, CaseIterable, Codable {
    /// How much a pixel counts: heat 0…255 is none to full.
    case absolute
    /// What it speaks for too: heat 1…127 speaks against what is explained, 128 is none, 129…255 speaks for it.
    case signed

    /// The heat of what does not count.
    public var none: UInt8 { self == .absolute ? 0 : 128 }
}

extension HeatSign {
    /// Heat between two maps, as a plane has it.
    func render(
        _ out: UnsafeMutablePointer<UInt8>?, _ first: [Float], _ second: [Float], _ position: Float, _ count: Int
    ) {
        switch self {
        case .absolute: saliency_heat_render(out, first, second, position, count)
        case .signed: saliency_heat_render_signed(out, first, second, position, count)
        }
    }
}
