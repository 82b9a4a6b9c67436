/// The edges of a clip's frames, a map that does not depend on any network (Adebayo et al., arXiv 1810.03292, section
/// 5).
public enum FrameEdges {
    /// The length of Sobel's gradient of the channels' mean, `[T, H, W]`; pixels at the borders are repeated.
    public static func map(of session: EngineSession) -> SaliencyMap {
        let shape = session.shape
        let clip = session.clip()
        let grey = (0..<clip.count / shape.channels).map { pixel in
            clip[pixel * shape.channels..<(pixel + 1) * shape.channels].reduce(0, +) / Float(shape.channels)
        }
        var values: [Float] = []
        values.reserveCapacity(grey.count)
        for frame in 0..<shape.frames {
            for y in 0..<shape.height {
                let rows = [max(y - 1, 0), y, min(y + 1, shape.height - 1)].map {
                    (frame * shape.height + $0) * shape.width
                }
                for x in 0..<shape.width {
                    let (left, right) = (max(x - 1, 0), min(x + 1, shape.width - 1))
                    func column(_ x: Int) -> Float { grey[rows[0] + x] + 2 * grey[rows[1] + x] + grey[rows[2] + x] }
                    func row(_ row: Int) -> Float { grey[row + left] + 2 * grey[row + x] + grey[row + right] }
                    let (dx, dy) = (column(right) - column(left), row(rows[2]) - row(rows[0]))
                    values.append((dx * dx + dy * dy).squareRoot())
                }
            }
        }
        return SaliencyMap(frames: shape.frames, height: shape.height, width: shape.width, values: values)
    }
}

/// Random maps, with which the figures of methods are compared.
public enum RandomOrder {
    /// The number of random orders over which figures are averaged unless another is asked for: a single one's gain
    /// varies as much as the gain of a weak map.
    public static let standardCount = 5
    /// The allowed numbers of random orders.
    public static let counts = 1...100

    /// Uniform random values, `[T, H, W]`.
    ///
    /// - Parameters:
    ///   - shape: of the clip.
    ///   - seed: of all random orders.
    ///   - number: of this one, from 0.
    public static func map(_ shape: ClipShape, seed: UInt64, number: Int = 0) -> SaliencyMap {
        var random = SplitMix(seed: seed, stream: number == 0 ? 1 : 3000 + UInt64(number))
        return SaliencyMap(
            frames: shape.frames, height: shape.height, width: shape.width,
            values: (0..<shape.count / shape.channels).map { _ in Float(random.uniform()) })
    }
}
