import Media

/// Marks a region of the frame by a dashed line along a polygon, alternately light and dark as around a crop, and by
/// its name at the top left.
///
/// Only luma is drawn.
public struct RegionOutline: Sendable {
    private struct Dot: Sendable {
        var x: Int
        var y: Int
        var isLight: Bool
    }

    private let dots: [Dot]
    private let light: Int
    private let dark: Int
    private let name: PlaneLayer?

    /// The line's opacity in 256ths.
    private static let weight = 160

    /// - Parameters:
    ///   - name: written beside the line; empty for none.
    ///   - corners: in order, in fractions of the frame, 0…1; the last is connected to the first.
    public init(format: CanvasFormat, name: String, corners: [(x: Double, y: Double)]) {
        let thickness = max(min(format.width, format.height) / 480, 1)
        let convert = YCbCrConversion(format.color)
        let (white, black) = (
            convert(RGB(red: 255, green: 255, blue: 255)).y, convert(RGB(red: 0, green: 0, blue: 0)).y
        )
        (light, dark) = (Int(white), Int(black))
        dots = Self.dots(corners, format: format, thickness: thickness)
        let left = Int((corners.map(\.x).min() ?? 0) * Double(format.width)) + thickness
        let top = Int((corners.map(\.y).min() ?? 0) * Double(format.height)) + thickness
        let room = format.width - left
        guard !name.isEmpty, room > 0 else {
            self.name = nil
            return
        }
        let text = TextMask(name, capHeight: max(Double(format.height) / 40, 7), maximumWidth: room)
        self.name = PlaneLayer(
            x: left, y: top, width: text.width, height: text.height, coverage: text.coverage, ground: 0.4,
            black: black, white: white)
    }

    /// - Throws: `MediaError.damaged` if there is no memory for a copy of the frame.
    public func draw(on canvas: borrowing Canvas) throws(MediaError) {
        try canvas.makeWritable()
        canvas.withPlane(0) { plane in
            name?.draw(on: plane)
            for dot in dots where dot.x < plane.width && dot.y < plane.height {
                let pixel = plane.row(dot.y) + dot.x
                let value = Int(pixel.pointee) * (256 - Self.weight) + (dot.isLight ? light : dark) * Self.weight
                pixel.pointee = UInt8(truncatingIfNeeded: (value + 128) >> 8)
            }
        }
    }

    /// All pixels of the line, without duplicates.
    private static func dots(
        _ corners: [(x: Double, y: Double)], format: CanvasFormat, thickness: Int
    ) -> [Dot] {
        var dots: [Dot] = []
        var taken: Set<Int> = []
        // The length of the line so far in pixels.
        var along = 0
        for (index, from) in corners.enumerated() {
            let to = corners[(index + 1) % corners.count]
            let (dx, dy) = ((to.x - from.x) * Double(format.width), (to.y - from.y) * Double(format.height))
            let steps = max(Int(max(abs(dx), abs(dy)).rounded(.up)), 1)
            for step in 0..<steps {
                let part = Double(step) / Double(steps)
                let x = min(Int(from.x * Double(format.width) + dx * part), format.width - thickness)
                let y = min(Int(from.y * Double(format.height) + dy * part), format.height - thickness)
                let isLight = along / (4 * thickness) % 2 == 0
                along += 1
                for row in y..<y + thickness {
                    for column in x..<x + thickness where taken.insert(row * format.width + column).inserted {
                        dots.append(Dot(x: column, y: row, isLight: isLight))
                    }
                }
            }
        }
        return dots
    }
}
