import CFFmpeg
import Media

/// The colour behind transparent pixels of a frame, in 8-bit full-range RGB.
public struct BackgroundColor: Sendable, Hashable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public static let black = BackgroundColor(red: 0, green: 0, blue: 0)

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From `#RRGGBB` or one of FFmpeg's names of colours (those of CSS), in any case.
    public init?(_ text: String) {
        // FFmpeg would also accept an opacity and a random colour.
        let isPlain = text.hasPrefix("#") || text.allSatisfy { $0.isASCII && $0.isLetter }
        guard isPlain, !["random", "bikeshed"].contains(text.lowercased()) else { return nil }
        var rgba = [UInt8](repeating: 0, count: 4)
        guard !text.hasPrefix("#") || text.utf8.count == 7, av_parse_color(&rgba, text, -1, nil) >= 0 else {
            return nil
        }
        self.init(red: rgba[0], green: rgba[1], blue: rgba[2])
    }
}

extension BackgroundColor: CustomStringConvertible {
    /// `black`, or `#rrggbb`.
    public var description: String {
        if self == .black { return "black" }
        let digits = [red, green, blue].map { value in
            (value < 16 ? "0" : "") + String(value, radix: 16)
        }
        return "#" + digits.joined()
    }
}

extension BackgroundColor {
    /// The samples of the colour in a format's first three components.
    ///
    /// - Parameter color: how samples represent colour: as luma and chroma, or as red, green and blue.
    func samples(_ color: ColorDescription, depth: Int) -> [UInt32] {
        let (r, g, b) = (Double(red) / 255, Double(green) / 255, Double(blue) / 255)
        let peak = Double((1 << depth) - 1)
        let values: [Double]
        if color.matrix == AVCOL_SPC_RGB {
            values = [r * peak, g * peak, b * peak]
        } else {
            let weights = color.lumaWeights
            let luma = weights.red * r + (1 - weights.red - weights.blue) * g + weights.blue * b
            let cb = (b - luma) / (2 * (1 - weights.blue))
            let cr = (r - luma) / (2 * (1 - weights.red))
            // ITU-T H.273, equations 38 to 43.
            let unit = Double(1 << depth) / 256
            values =
                color.range == AVCOL_RANGE_JPEG
                ? [luma * peak, cb * peak + 128 * unit, cr * peak + 128 * unit]
                : [(219 * luma + 16) * unit, (224 * cb + 128) * unit, (224 * cr + 128) * unit]
        }
        return values.map { UInt32(min(max($0.rounded(), 0), peak)) }
    }
}
