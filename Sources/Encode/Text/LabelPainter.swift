import CFFmpeg
import Media

/// Draws lines of text into frames: white on a dark, translucent background at the top left, sized by the frame's
/// height.
///
/// Not thread-safe: one thread draws.
public final class LabelPainter {
    /// The background's opacity, 0…1.
    private static let groundOpacity = 0.6

    private let format: CanvasFormat
    private var drawn: [String] = []
    private var layers: [PlaneLayer] = []

    public init(format: CanvasFormat) {
        self.format = format
    }

    /// Draws `lines` one below the other; text that does not fit is truncated.
    ///
    /// - Throws: `MediaError.damaged` if there is no memory for a copy of the frame.
    public func draw(_ lines: [String], on canvas: borrowing Canvas) throws(MediaError) {
        if lines != drawn {
            layers = Self.layers(lines, format: format)
            drawn = lines
        }
        guard !layers.isEmpty else { return }
        try canvas.makeWritable()
        for (index, layer) in layers.enumerated() { canvas.withPlane(index) { layer.draw(on: $0) } }
    }

    private static func layers(_ lines: [String], format: CanvasFormat) -> [PlaneLayer] {
        guard !lines.isEmpty else { return [] }
        // 1/26 of the frame's height, at least 9 pixels: readable at 240 as well as at 1080 lines.
        let capHeight = max(Double(format.height) / 26, 9)
        let margin = Int(capHeight.rounded()) & ~1
        let padding = Int(capHeight / 2)
        let room = format.width - 2 * margin - 2 * padding
        guard room > 0 else { return [] }
        let masks = lines.map { TextMask($0, capHeight: capHeight, maximumWidth: room) }
        // Even edges, so that chroma ends where luma does.
        let width = min(even((masks.map(\.width).max() ?? 0) + 2 * padding), format.width - margin)
        let height = min(even(masks.reduce(0) { $0 + $1.height } + padding), format.height - margin)
        guard width > 0, height > 0 else { return [] }
        var coverage = [UInt8](repeating: 0, count: width * height)
        var top = padding / 2
        for mask in masks {
            for y in 0..<mask.height where top + y < height {
                for x in 0..<mask.width where padding + x < width {
                    coverage[(top + y) * width + padding + x] = mask.coverage[y * mask.width + x]
                }
            }
            top += mask.height
        }
        let convert = YCbCrConversion(format.color)
        let luma = PlaneLayer(
            x: margin, y: margin, width: width, height: height, coverage: coverage, ground: groundOpacity,
            black: convert(RGB(red: 0, green: 0, blue: 0)).y, white: convert(RGB(red: 255, green: 255, blue: 255)).y)
        let chroma =
            format.isSubsampled
            ? PlaneLayer(
                x: margin / 2, y: margin / 2, width: width / 2, height: height / 2,
                coverage: halved(coverage, width: width, height: height), ground: groundOpacity, black: 128, white: 128)
            : PlaneLayer(
                x: margin, y: margin, width: width, height: height, coverage: coverage, ground: groundOpacity,
                black: 128, white: 128)
        return [luma, chroma, chroma]
    }

    private static func even(_ length: Int) -> Int { (length + 1) & ~1 }

    /// Means of 2x2 blocks.
    private static func halved(_ values: [UInt8], width: Int, height: Int) -> [UInt8] {
        (0..<height / 2).flatMap { y in
            (0..<width / 2).map { x in
                let first = 2 * y * width + 2 * x
                let sum =
                    Int(values[first]) + Int(values[first + 1]) + Int(values[first + width])
                    + Int(values[first + width + 1])
                return UInt8((sum + 2) / 4)
            }
        }
    }
}

extension PlaneLayer {
    /// Text on a background.
    ///
    /// - Parameters:
    ///   - coverage: the text's coverage of the rectangle, `[height, width]`.
    ///   - ground: the opacity of the background, 0…1.
    init(
        x: Int, y: Int, width: Int, height: Int, coverage: [UInt8], ground: Double, black: UInt8, white: UInt8
    ) {
        self.init(x: x, y: y, width: width, height: height, opacities: [], values: [])
        for covered in coverage {
            let text = Double(covered) / 255
            let opacity = 1 - (1 - ground) * (1 - text)
            let sum = Double(white) * text + Double(black) * ground * (1 - text)
            opacities.append(UInt8((opacity * 255).rounded()))
            values.append(UInt8((opacity > 0 ? sum / opacity : 0).rounded()))
        }
    }
}
