import Media

/// Marks where the network's frame ends inside the source's: heat that ends in a hard line would read as "no reason there".
///
/// A dashed line, light and dark in turns so that it shows on any ground, on the outermost pixels that the network saw; pixels
/// that it did not see keep their bytes. Sides on the frame's own edge have none. Luma alone is drawn on.
struct CropOutline {
    /// Pixels of the source inside the crop.
    private let columns: Range<Int>
    private let rows: Range<Int>
    private let format: CanvasFormat
    /// Pixels: of the line, and of a dash.
    private let thickness: Int
    private let dash: Int
    private let light: Int
    private let dark: Int

    /// How much of the frame the line hides, in 256ths.
    private static let weight = 160

    /// Nil where the network's frame covers the whole source's.
    init?(format: CanvasFormat, mapping: FrameMapping) {
        func inside(_ origin: Double, _ extent: Double, _ length: Int) -> Range<Int> {
            // Pixels whose middles lie inside, as the heat has them.
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
