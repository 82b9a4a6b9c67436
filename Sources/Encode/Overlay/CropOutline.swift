import Media

/// Marks the edge of the network's frame within the source's: without it, the end of the heat could be mistaken for an
/// absence of saliency.
///
/// A dashed line, alternately light and dark so that it is visible on any background, on the outermost pixels of the
/// network's frame; pixels outside it stay unchanged. Sides on the source frame's edge get no line. Only luma is drawn.
struct CropOutline {
    /// The source's pixels inside the crop.
    private let columns: Range<Int>
    private let rows: Range<Int>
    private let format: CanvasFormat
    /// The line's thickness and the length of a dash, in pixels.
    private let thickness: Int
    private let dash: Int
    private let light: Int
    private let dark: Int

    /// The line's opacity in 256ths.
    private static let weight = 160

    /// Nil if the network's frame covers the whole source frame.
    init?(format: CanvasFormat, mapping: FrameMapping) {
        func inside(_ origin: Double, _ extent: Double, _ length: Int) -> Range<Int> {
            // Pixels whose centres lie inside, as for the heat.
            let limit = Double(length)
            let first = min(max((origin - 0.5).rounded(.up), 0), limit)
            let end = min(max((origin + extent - 0.5).rounded(.up), first), limit)
            return Int(first)..<Int(end)
        }
        columns = inside(mapping.originX, mapping.scaleX * Double(mapping.clipWidth), format.width)
        rows = inside(mapping.originY, mapping.scaleY * Double(mapping.clipHeight), format.height)
        guard !columns.isEmpty, !rows.isEmpty,
            columns != 0..<format.width || rows != 0..<format.height
        else { return nil }
        self.format = format
        let side = min(format.width, format.height)
        thickness = min(max(side / 480, 1), columns.count, rows.count)
        dash = 4 * thickness
        let convert = YCbCrConversion(format.color)
        light = Int(convert(RGB(red: 255, green: 255, blue: 255)).y)
        dark = Int(convert(RGB(red: 0, green: 0, blue: 0)).y)
    }

    /// - Precondition: the canvas is writable.
    func draw(on canvas: borrowing Canvas) {
        canvas.withPlane(0) { plane in
            if rows.lowerBound > 0 { draw(columns, rows.prefix(thickness), on: plane, alongRow: true) }
            if rows.upperBound < format.height { draw(columns, rows.suffix(thickness), on: plane, alongRow: true) }
            if columns.lowerBound > 0 { draw(columns.prefix(thickness), rows, on: plane, alongRow: false) }
            if columns.upperBound < format.width { draw(columns.suffix(thickness), rows, on: plane, alongRow: false) }
        }
    }

    private func draw(_ columns: Range<Int>, _ rows: Range<Int>, on plane: PlanePixels, alongRow: Bool) {
        for y in rows.clamped(to: 0..<plane.height) {
            let pixels = plane.row(y)
            for x in columns.clamped(to: 0..<plane.width) {
                let isLight = (alongRow ? x - columns.lowerBound : y - rows.lowerBound) / dash % 2 == 0
                let value = Int(pixels[x]) * (256 - Self.weight) + (isLight ? light : dark) * Self.weight
                pixels[x] = UInt8(truncatingIfNeeded: (value + 128) >> 8)
            }
        }
    }
}
