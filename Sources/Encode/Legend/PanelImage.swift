/// An image with an opacity per pixel, which is drawn over frames.
struct PanelImage {
    let width: Int
    let height: Int
    /// Row-major `[height, width]`.
    private(set) var colors: [RGB]
    private(set) var opacities: [UInt8]

    /// - Parameter opacity: the opacity of the black background, 0…255.
    init(width: Int, height: Int, opacity: UInt8) {
        self.width = width
        self.height = height
        colors = [RGB](repeating: RGB(red: 0, green: 0, blue: 0), count: width * height)
        opacities = [UInt8](repeating: opacity, count: width * height)
    }

    /// Fills a rectangle, clipped at the panel's edges.
    mutating func fill(x: Range<Int>, y: Range<Int>, _ color: RGB, opacity: UInt8 = 255) {
        for row in y.clamped(to: 0..<height) {
            for column in x.clamped(to: 0..<width) {
                colors[row * width + column] = color
                opacities[row * width + column] = opacity
            }
        }
    }

    /// Draws white text over the existing content.
    mutating func write(_ text: TextMask, x: Int, y: Int) {
        for row in max(-y, 0)..<max(min(text.height, height - y), max(-y, 0)) {
            for column in max(-x, 0)..<max(min(text.width, width - x), max(-x, 0)) {
                let covered = Int(text.coverage[row * text.width + column])
                guard covered > 0 else { continue }
                let index = (y + row) * width + x + column
                let below = Int(opacities[index]) * (255 - covered) / 255
                let opacity = covered + below
                func mixed(_ value: UInt8) -> UInt8 { UInt8(clamping: (255 * covered + Int(value) * below) / opacity) }
                let color = colors[index]
                colors[index] = RGB(red: mixed(color.red), green: mixed(color.green), blue: mixed(color.blue))
                opacities[index] = UInt8(clamping: opacity)
            }
        }
    }
}

/// A panel converted to the three planes of a canvas format.
struct PanelLayers {
    private let planes: [PlaneLayer]

    /// - Parameters:
    ///   - x: the panel's left edge; like `y`, width and height it is even, so that chroma ends where luma does.
    init(_ panel: PanelImage, x: Int, y: Int, format: CanvasFormat, convert: YCbCrConversion) {
        var (luma, cb, cr) = ([UInt8](), [UInt8](), [UInt8]())
        var last: (color: RGB, converted: (y: UInt8, cb: UInt8, cr: UInt8))?
        for color in panel.colors {
            let converted = last.flatMap { $0.color == color ? $0.converted : nil } ?? convert(color)
            last = (color, converted)
            luma.append(converted.y)
            cb.append(converted.cb)
            cr.append(converted.cr)
        }
        func plane(_ values: [UInt8]) -> PlaneLayer {
            PlaneLayer(x: x, y: y, width: panel.width, height: panel.height, opacities: panel.opacities, values: values)
        }
        planes = [plane(luma)] + [cb, cr].map { format.isSubsampled ? Self.halved(plane($0)) : plane($0) }
    }

    /// - Precondition: the canvas is writable.
    func draw(on canvas: borrowing Canvas) {
        for (index, plane) in planes.enumerated() { canvas.withPlane(index) { plane.draw(on: $0) } }
    }

    /// Means of 2x2 blocks, with values weighted by their opacities.
    private static func halved(_ plane: PlaneLayer) -> PlaneLayer {
        let (width, height) = (plane.width / 2, plane.height / 2)
        var half = PlaneLayer(x: plane.x / 2, y: plane.y / 2, width: width, height: height, opacities: [], values: [])
        for y in 0..<height {
            for x in 0..<width {
                let first = 2 * y * plane.width + 2 * x
                let block = [first, first + 1, first + plane.width, first + plane.width + 1]
                let opacity = block.reduce(0) { $0 + Int(plane.opacities[$1]) }
                let value = block.reduce(0) { $0 + Int(plane.opacities[$1]) * Int(plane.values[$1]) }
                half.opacities.append(UInt8((opacity + 2) / 4))
                half.values.append(opacity > 0 ? UInt8((value + opacity / 2) / opacity) : 128)
            }
        }
        return half
    }
}
