import CFFmpeg
import Media

/// Conversion from RGB to 8-bit YCbCr with a frame's matrix and range (ITU-T H.273, equations 38 to 43).
///
/// If the frame has high dynamic range, RGB is BT.709 with white at the reference white of 203 cd/m².
struct YCbCrConversion {
    /// Weights of red and blue in luma.
    private let redWeight: Double
    private let blueWeight: Double
    private let isFullRange: Bool
    /// Nil for standard range.
    private let dynamicRange: DynamicRange?
    private let primaries: Primaries

    init(_ color: ColorDescription) {
        (redWeight, blueWeight) = color.lumaWeights
        isFullRange = color.range == AVCOL_RANGE_JPEG
        dynamicRange = color.dynamicRange
        primaries = Primaries(color.primaries)
    }

    /// Luma and both chroma samples, rounded to nearest and clipped to 8 bits.
    func callAsFunction(_ color: RGB) -> (y: UInt8, cb: UInt8, cr: UInt8) {
        let (red, green, blue) = signal(color)
        let luma = redWeight * red + (1 - redWeight - blueWeight) * green + blueWeight * blue
        let cb = (blue - luma) / (2 * (1 - blueWeight))
        let cr = (red - luma) / (2 * (1 - redWeight))
        return isFullRange
            ? (Self.byte(255 * luma), Self.byte(255 * cb + 128), Self.byte(255 * cr + 128))
            : (Self.byte(219 * luma + 16), Self.byte(224 * cb + 128), Self.byte(224 * cr + 128))
    }

    /// Red, green and blue in the frame's encoding, 0…1.
    private func signal(_ color: RGB) -> (red: Double, green: Double, blue: Double) {
        let plain = [color.red, color.green, color.blue].map { Double($0) / 255 }
        guard let dynamicRange else { return (plain[0], plain[1], plain[2]) }
        let signal = dynamicRange.signal(standard: plain, in: primaries)
        return (signal[0], signal[1], signal[2])
    }

    private static func byte(_ value: Double) -> UInt8 {
        UInt8(min(max(value.rounded(), 0), 255))
    }
}
