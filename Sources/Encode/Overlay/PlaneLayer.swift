/// What a label or a panel does to one plane: `out = (in * (255 - opacity) + value * opacity) / 255` over a rectangle.
struct PlaneLayer {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
    /// Row-major `[height, width]`.
    var opacities: [UInt8]
    var values: [UInt8]

    func draw(on plane: PlanePixels) {
        for row in 0..<max(min(height, plane.height - y), 0) {
            let pixels = plane.row(y + row) + x
            for column in 0..<max(min(width, plane.width - x), 0) {
                let index = row * width + column
                let weight = Int(opacities[index])
                let sum = Int(pixels[column]) * (255 - weight) + Int(values[index]) * weight + 127
                pixels[column] = UInt8(truncatingIfNeeded: sum / 255)
            }
        }
    }
}
