import CFFmpeg
import Glibc

/// A high-dynamic-range signal (ITU-R BT.2100): the relation between its code values and light.
///
/// Light is in cd/m² on the display for which the signal is made: PQ defines absolute values; for HLG it is the
/// standard's reference display of 1000 cd/m² with a system gamma of 1.2.
public enum DynamicRange: String, Sendable, Hashable {
    case pq = "PQ"
    case hlg = "HLG"

    /// Diffuse white, cd/m² (ITU-R BT.2408, table 1): the white of standard range.
    public static let referenceWhite = 203.0
    /// The peak luminance of HLG's reference display, cd/m².
    static let displayPeak = 1000.0
    static let systemGamma = 1.2
    /// The display gamma of standard range (ITU-R BT.1886).
    static let standardGamma = 2.4

    /// Nil for standard range.
    public init?(_ transfer: AVColorTransferCharacteristic) {
        switch transfer {
        case AVCOL_TRC_SMPTE2084: self = .pq
        case AVCOL_TRC_ARIB_STD_B67: self = .hlg
        default: return nil
        }
    }

    /// The light of a component from its signal, 0…1: for PQ in cd/m² on the display, for HLG as a fraction of the
    /// scene's peak.
    package func light(_ signal: Double) -> Double {
        switch self {
        case .pq:
            let root = pow(max(signal, 0), 1 / PQ.m2)
            return 10_000 * pow(max(root - PQ.c1, 0) / (PQ.c2 - PQ.c3 * root), 1 / PQ.m1)
        case .hlg:
            return signal <= 0.5 ? signal * signal / 3 : (exp((signal - HLG.c) / HLG.a) + HLG.b) / 12
        }
    }

    /// The signal, 0…1, of red, green and blue in cd/m² on the display.
    ///
    /// - Parameter luma: the luminance weights of the primaries of `light`.
    package func signal(_ light: [Double], luma: [Double]) -> [Double] {
        switch self {
        case .pq:
            return light.map { value in
                let power = pow(min(max(value, 0), 10_000) / 10_000, PQ.m1)
                return pow((PQ.c1 + PQ.c2 * power) / (1 + PQ.c3 * power), PQ.m2)
            }
        case .hlg:
            let shown = zip(light, luma).reduce(0) { $0 + $1.0 * $1.1 } / Self.displayPeak
            // From display light back to scene light (BT.2100, table 5, note 5i).
            let gain = shown > 0 ? pow(shown, (1 - Self.systemGamma) / Self.systemGamma) : 0
            return light.map { value in
                let scene = min(max(value / Self.displayPeak * gain, 0), 1)
                return scene <= 1.0 / 12 ? sqrt(3 * scene) : HLG.a * log(12 * scene - HLG.b) + HLG.c
            }
        }
    }

    /// The signal, 0…1, that shows a standard-range colour, with white at the reference white.
    ///
    /// - Parameters:
    ///   - color: red, green and blue of BT.709, 0…1, for a display of gamma 2.4.
    ///   - primaries: the signal's primaries.
    public func signal(standard color: [Double], in primaries: Primaries) -> [Double] {
        let light = color.map { Self.referenceWhite * pow($0, Self.standardGamma) }
        return signal(Primaries.apply(Primaries.bt709.matrix(to: primaries), light), luma: primaries.luma)
    }

    /// BT.2100, table 4.
    private enum PQ {
        static let m1 = 2610.0 / 16_384
        static let m2 = 2523.0 / 4096 * 128
        static let c1 = 3424.0 / 4096
        static let c2 = 2413.0 / 4096 * 32
        static let c3 = 2392.0 / 4096 * 32
    }

    /// BT.2100, table 5.
    private enum HLG {
        static let a = 0.17883277
        static let b = 1 - 4 * a
        static let c = 0.5 - a * log(4 * a)
    }
}

extension ColorDescription {
    /// Nil for standard range.
    public var dynamicRange: DynamicRange? { DynamicRange(transfer) }
}
