import CFFmpeg
import Decode

/// From RGB to 8-bit YCbCr with a picture's own matrix and range (ITU-T H.273, equations 38 to 43).
struct YCbCrConversion {
    /// Weights of red and blue in luma.
    private let redWeight: Double
    private let blueWeight: Double
    private let isFullRange: Bool

    init(_ color: ColorDescription) {
        (redWeight, blueWeight) = Self.lumaWeights(color.matrix)
        isFullRange = color.range == AVCOL_RANGE_JPEG
    }

    /// Kr and Kb of H.273, table 4; BT.709's for matrices that have none (they are drawn nearly right).
    static func lumaWeights(_ matrix: AVColorSpace) -> (red: Double, blue: Double) {
        switch matrix {
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: (0.299, 0.114)
        case AVCOL_SPC_FCC: (0.30, 0.11)
        case AVCOL_SPC_SMPTE240M: (0.212, 0.087)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: (0.2627, 0.0593)
        default: (0.2126, 0.0722)
        }
    }

    /// Luma and both chroma samples, rounded to nearest and clipped to what 8 bits hold.
    func callAsFunction(_ color: RGB) -> (y: UInt8, cb: UInt8, cr: UInt8) {
        let red = Double(color.red) / 255
        let green = Double(color.green) / 255
        let blue = Double(color.blue) / 255
        let luma = redWeight * red + (1 - redWeight - blueWeight) * green + blueWeight * blue
        let cb = (blue - luma) / (2 * (1 - blueWeight))
        let cr = (red - luma) / (2 * (1 - redWeight))
        return isFullRange
            ? (Self.byte(255 * luma), Self.byte(255 * cb + 128), Self.byte(255 * cr + 128))
            : (Self.byte(219 * luma + 16), Self.byte(224 * cb + 128), Self.byte(224 * cr + 128))
    }

    private static func byte(_ value: Double) -> UInt8 {
        UInt8(min(max(value.rounded(), 0), 255))
    }
}
