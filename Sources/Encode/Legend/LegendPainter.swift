import CFFmpeg
import Media

/// Draws a legend at the upper left: the colour scale, the explained class, the method, and the explained class's
/// probability over time. Rows that do not fit into half of the frame's height are omitted, beginning with the method.
///
/// Not thread-safe: one thread draws.
public final class LegendPainter {
    /// The explained class at a time.
    public struct Answer: Sendable, Equatable {
        /// The text with the probability: "playing cricket 99 %".
        public var text: String
        /// The explained class's probability, 0…1.
        public var probability: Double
        /// The class's name without the probability, which changes from window to window.
        public var name: String

        public init(text: String, name: String, probability: Double) {
            self.text = text
            self.name = name
            self.probability = probability
        }
    }

    private enum Row: CaseIterable { case method, answer, scale, strip }

    /// The background's opacity, 0…255.
    private static let ground: UInt8 = 153
    private static let grey = RGB(red: 128, green: 128, blue: 128)
    private static let faint = RGB(red: 60, green: 60, blue: 60)
    private static let white = RGB(red: 255, green: 255, blue: 255)
    /// The colours of alternating classes in the strip.
    private static let tints = [RGB(red: 120, green: 190, blue: 255), RGB(red: 255, green: 200, blue: 110)]

    private let format: CanvasFormat
    private let convert: YCbCrConversion
    private let colormap: Colormap
    private let opacity: Double
    private let method: String
    private let capHeight: Double
    /// In pixels: the distance of the panel from the frame's edges, and of its content from its own edges.
    private let margin: Int
    private let padding: Int
    private let width: Int
    private let rows: [(row: Row, y: Int, height: Int)]
    private let height: Int

    private var strip: ConfidenceStrip
    private var panel: (text: String, layers: PanelLayers)?
    private var stripLayers: (columns: [ConfidenceStrip.Column?], cursor: Int?, layers: PanelLayers)?

    /// - Parameters:
    ///   - opacity: the overlay's opacity of the maximum heat; the scale shows the colours as drawn over grey.
    ///   - method: the method's name for display.
    ///   - duration: the video's duration in seconds; nil if it is not known.
    public init(format: CanvasFormat, colormap: Colormap, opacity: Double, method: String, duration: Double?) {
        self.format = format
        self.colormap = colormap
        self.opacity = min(max(opacity, 0), 1)
        self.method = method
        convert = YCbCrConversion(format.color)
        // 1/40 of the frame's height, but at least a legible size.
        capHeight = max(Double(format.height) / 40, 7)
        margin = Int(capHeight) & ~1
        padding = max(Int(capHeight / 2), 2)
        width = max(min(Int(26 * capHeight), format.width - 2 * margin), 0) & ~1
        let line = TextMask("x", capHeight: capHeight).height
        let heights: [Row: Int] = [
            .method: line, .answer: line, .scale: line, .strip: Self.even(2 * capHeight) + padding,
        ]
        // In order of importance.
        var chosen: Set<Row> = []
        var sum = 2 * padding
        for row in [Row.scale, .answer, .strip, .method] {
            guard let height = heights[row], sum + height <= format.height / 2 else { break }
            sum += height
            chosen.insert(row)
        }
        var placed: [(row: Row, y: Int, height: Int)] = []
        var top = padding
        for row in Row.allCases where chosen.contains(row) {
            // Even, so that the strip is aligned with chroma rows.
            if row == .strip { top = Self.even(Double(top)) }
            placed.append((row, top, heights[row] ?? 0))
            top += heights[row] ?? 0
        }
        rows = placed
        height = Self.even(Double(top + padding))
        strip = ConfidenceStrip(width: max((width - 2 * padding) & ~1, 1), duration: duration)
    }

    /// Draws the legend at a time; times must not decrease from call to call.
    ///
    /// - Parameters:
    ///   - answer: nil if no window explains the frame.
    ///   - time: seconds since the source's first frame.
    /// - Throws: `MediaError.damaged` if there is no memory for a copy of the frame.
    public func draw(_ answer: Answer?, at time: Double, on canvas: borrowing Canvas) throws(MediaError) {
        strip.add(answer.map { ($0.name, $0.probability) }, at: time)
        guard width > 4 * padding, !rows.isEmpty else { return }
        try canvas.makeWritable()
        let text = answer?.text ?? "not explained"
        if panel?.text != text { panel = (text, layers(of: drawnPanel(text), y: margin)) }
        panel?.layers.draw(on: canvas)
        guard let place = rows.first(where: { $0.row == .strip }) else { return }
        if stripLayers?.columns != strip.columns || stripLayers?.cursor != strip.cursor {
            stripLayers = (
                strip.columns, strip.cursor, layers(of: drawnStrip(place.height), y: margin + place.y)
            )
        }
        stripLayers?.layers.draw(on: canvas)
    }

    private func layers(of panel: PanelImage, y: Int) -> PanelLayers {
        let isStrip = y > margin
        return PanelLayers(
            panel, x: margin + (isStrip ? Self.even(Double(padding)) : 0), y: y, format: format, convert: convert)
    }

    /// All rows except the strip.
    private func drawnPanel(_ text: String) -> PanelImage {
        var panel = PanelImage(width: width, height: height, opacity: Self.ground)
        let room = width - 2 * padding
        for (row, y, height) in rows {
            switch row {
            case .method: panel.write(TextMask(method, capHeight: capHeight, maximumWidth: room), x: padding, y: y)
            case .answer: panel.write(TextMask(text, capHeight: capHeight, maximumWidth: room), x: padding, y: y)
            case .scale: drawScale(y: y, height: height, on: &panel)
            case .strip: break
            }
        }
        return panel
    }

    /// Draws the colour scale between the labels of its ends; without labels if there is no room for them.
    private func drawScale(y: Int, height: Int, on panel: inout PanelImage) {
        let words = colormap.sign == .signed ? ["against", "for"] : ["none", "most"]
        var masks = words.map { TextMask($0, capHeight: capHeight * 0.85) }
        var (first, end) = (padding, width - padding)
        if masks.reduce(0, { $0 + $1.width }) + 2 * padding + Int(6 * capHeight) <= end - first {
            let top = y + (height - masks[0].height) / 2
            panel.write(masks[0], x: first, y: top)
            panel.write(masks[1], x: end - masks[1].width, y: top)
            first += masks[0].width + padding
            end -= masks[1].width + padding
        } else {
            masks = []
        }
        guard end > first else { return }
        let bar = max(Int(capHeight * 0.9), 4)
        let top = y + (height - bar) / 2
        for x in first..<end {
            // Signed heat has no level 0.
            let least = colormap.sign == .signed ? 1.0 : 0
            let part = end - first > 1 ? Double(x - first) / Double(end - first - 1) : 1
            let heat = UInt8((least + part * (255 - least)).rounded())
            panel.fill(x: x..<x + 1, y: top..<top + bar, shown(heat))
        }
    }

    /// The colour of heat drawn over grey.
    private func shown(_ heat: UInt8) -> RGB {
        let weight = Double(colormap.strength(heat)) / 255 * opacity
        let color = colormap.color(heat)
        func mixed(_ value: UInt8, _ ground: UInt8) -> UInt8 {
            UInt8((Double(value) * weight + Double(ground) * (1 - weight)).rounded())
        }
        return RGB(
            red: mixed(color.red, Self.grey.red), green: mixed(color.green, Self.grey.green),
            blue: mixed(color.blue, Self.grey.blue))
    }

    private func drawnStrip(_ height: Int) -> PanelImage {
        var panel = PanelImage(width: strip.columns.count, height: (height - padding) & ~1, opacity: 255)
        panel.fill(x: 0..<panel.width, y: 0..<panel.height, Self.faint)
        for (x, column) in strip.columns.enumerated() {
            guard let column else { continue }
            let filled = Int((column.probability * Double(panel.height)).rounded())
            panel.fill(x: x..<x + 1, y: panel.height - filled..<panel.height, Self.tints[column.isOdd ? 1 : 0])
        }
        if let cursor = strip.cursor {
            let thickness = max(Int(capHeight / 10), 1)
            let first = min(max(cursor - thickness / 2, 0), panel.width - thickness)
            panel.fill(x: first..<first + thickness, y: 0..<panel.height, Self.white)
        }
        return panel
    }

    private static func even(_ length: Double) -> Int { (Int(length.rounded(.up)) + 1) & ~1 }
}
