import CFFmpeg
import Media

/// The title of a pane: a name on the left, and a detail on the right.
public struct PaneTitle: Sendable, Hashable {
    public var name: String
    public var detail: String?

    public init(_ name: String, detail: String? = nil) {
        self.name = name
        self.detail = detail
    }
}

/// One frame with several panes, each below its title. Not thread-safe: one thread draws.
public final class PaneSheet {
    /// Grey values, 0…255, of the background and of the titles.
    private static let ground: UInt8 = 24
    private static let ink: UInt8 = 235
    /// The height of legible capital letters, in pixels.
    private static let minimumCapHeight = 6.5
    /// The maximum fraction of a title's width for the detail.
    private static let detailShare = 0.65

    public let layout: PaneLayout
    /// The formats of the whole frame, and of the panes for `paste`.
    public let format: CanvasFormat
    public let paneFormat: CanvasFormat

    /// Background and titles, copied for every frame.
    private var blank: Canvas?
    private var drawn: [PaneTitle] = []

    public init(layout: PaneLayout, source: SourceProperties) {
        self.layout = layout
        format = CanvasFormat(
            width: layout.width, height: layout.height, color: source.color, chromaLocation: source.chromaLocation)
        // The frame's colour is used, because an unstated matrix would be derived from the pane's own size.
        paneFormat = CanvasFormat(
            width: layout.paneWidth, height: layout.paneHeight, color: format.color,
            chromaLocation: source.chromaLocation)
    }

    /// A frame with titles and without panes.
    ///
    /// - Parameters:
    ///   - titles: one per pane, in the panes' order.
    ///   - pts: in ticks of the source's time base, like `duration`.
    /// - Throws: `MediaError.damaged` if there is no memory for a frame.
    public func canvas(titles: [PaneTitle], pts: Int64, duration: Int64) throws(MediaError) -> Canvas {
        let ground = try ground(titles)
        let buffer = try ground.buffer.reference()
        blank = consume ground
        let canvas = Canvas(buffer: buffer, format: format, pts: pts, duration: duration)
        try canvas.makeWritable()
        return canvas
    }

    /// Copies a pane to its position in `canvas`, which `canvas(titles:pts:duration:)` created.
    public func paste(_ pane: borrowing Canvas, at index: Int, on canvas: borrowing Canvas) {
        ClosedCaptions.copy(from: pane.buffer.pointer, to: canvas.buffer.pointer)
        let origin = layout.paneOrigin(index)
        for plane in 0..<3 {
            let step = plane > 0 ? 2 : 1
            canvas.withPlane(plane) { target in
                _ = pane.withPlane(plane) { source in
                    for y in 0..<source.height {
                        (target.row(origin.y / step + y) + origin.x / step).update(
                            from: source.row(y), count: source.width)
                    }
                }
            }
        }
    }

    private func ground(_ titles: [PaneTitle]) throws(MediaError) -> Canvas {
        if let blank = blank.take(), titles == drawn { return blank }
        let canvas = try Canvas(blank: format, pts: 0, duration: 0)
        let frame = canvas.buffer.pointer
        frame.pointee.color_range = format.color.range
        frame.pointee.colorspace = format.color.matrix
        frame.pointee.color_primaries = format.color.primaries
        frame.pointee.color_trc = format.color.transfer
        frame.pointee.chroma_location = format.chromaLocation
        let convert = YCbCrConversion(format.color)
        let dark = convert(RGB(red: Self.ground, green: Self.ground, blue: Self.ground)).y
        let light = convert(RGB(red: Self.ink, green: Self.ink, blue: Self.ink)).y
        for plane in 0..<3 {
            canvas.withPlane(plane) { pixels in
                for y in 0..<pixels.height {
                    pixels.row(y).update(repeating: plane == 0 ? dark : 128, count: pixels.width)
                }
            }
        }
        // Text and background are grey, so chroma does not change.
        canvas.withPlane(0) { pixels in
            for (index, title) in titles.prefix(layout.count).enumerated() {
                draw(title, index, on: pixels, dark: Int(dark), light: Int(light))
            }
        }
        drawn = titles
        return canvas
    }

    private func draw(_ title: PaneTitle, _ index: Int, on pixels: PlanePixels, dark: Int, light: Int) {
        let origin = layout.titleOrigin(index)
        let margin = Int(layout.capHeight / 3)
        let room = max(layout.paneWidth - 2 * margin, 1)
        var left = room
        func draw(_ mask: TextMask, x: Int) {
            let top = origin.y + (layout.titleHeight - mask.height) / 2
            for y in 0..<mask.height where (origin.y..<origin.y + layout.titleHeight).contains(top + y) {
                let row = pixels.row(top + y) + origin.x + x
                for column in 0..<min(mask.width, layout.paneWidth - x) {
                    let covered = Int(mask.coverage[y * mask.width + column])
                    row[column] = UInt8(clamping: (dark * (255 - covered) + light * covered + 127) / 255)
                }
            }
        }
        let size = capHeight(of: title, room: room - 3 * margin)
        if let detail = title.detail, !detail.isEmpty {
            let mask = TextMask(detail, capHeight: size, maximumWidth: Int(Double(room) * Self.detailShare))
            draw(mask, x: margin + room - min(mask.width, room))
            left = room - mask.width - 3 * margin
        }
        guard left > 0 else { return }
        draw(TextMask(title.name, capHeight: size, maximumWidth: left), x: margin)
    }

    /// The layout's height of capitals, reduced as far as both texts of a title require to fit; longer texts are
    /// truncated.
    private func capHeight(of title: PaneTitle, room: Int) -> Double {
        let heights = [1, 0.85, 0.7].map { max($0 * layout.capHeight, Self.minimumCapHeight) }
        let fitting = heights.first { height in
            [title.name, title.detail ?? ""].reduce(0) { $0 + TextMask($1, capHeight: height).width } <= room
        }
        return fitting ?? heights[2]
    }
}
