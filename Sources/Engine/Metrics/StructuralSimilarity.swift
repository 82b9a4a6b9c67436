/// The structural similarity of frames: SSIM (Wang, Bovik, Sheikh and Simoncelli, 2004).
///
/// ((2 μx μy + C1)(2 σxy + C2)) / ((μx² + μy² + C1)(σx² + σy² + C2)) in windows of 7x7 pixels, averaged over all
/// windows that lie inside the frame; C1 = (0.01 L)², C2 = (0.03 L)², with sample variances (divided by 48). These are
/// the defaults of scikit-image's `structural_similarity`.
public enum StructuralSimilarity {
    /// The edge of the window, in pixels.
    public static let windowEdge = 7

    /// The mean over all frames of two maps, −1…1.
    ///
    /// - Parameters:
    ///   - x: one map.
    ///   - y: the other map, of the same size.
    ///   - range: L, the largest possible difference of two values.
    /// - Returns: nil if the maps differ in size, have no frames, or have frames smaller than the window.
    public static func mean(_ x: SaliencyMap, _ y: SaliencyMap, range: Double) -> Double? {
        guard x.frames == y.frames, x.height == y.height, x.width == y.width, x.frames > 0,
            x.height >= windowEdge, x.width >= windowEdge
        else { return nil }
        let plane = x.height * x.width
        var sum = 0.0
        for frame in 0..<x.frames {
            let pixels = frame * plane..<(frame + 1) * plane
            sum += ofFrame(x.values[pixels], y.values[pixels], width: x.width, height: x.height, range: range)
        }
        return sum / Double(x.frames)
    }

    private static func ofFrame(
        _ x: ArraySlice<Float>, _ y: ArraySlice<Float>, width: Int, height: Int, range: Double
    ) -> Double {
        let c1 = (0.01 * range) * (0.01 * range)
        let c2 = (0.03 * range) * (0.03 * range)
        let count = Double(windowEdge * windowEdge)
        let sample = count / (count - 1)
        let sums = BoxSums(width: width, height: height, x: x, y: y)
        var total = 0.0
        for top in 0...height - windowEdge {
            for left in 0...width - windowEdge {
                let box = sums.box(left: left, top: top, edge: windowEdge)
                let (meanX, meanY) = (box[0] / count, box[1] / count)
                let varianceX = sample * (box[2] / count - meanX * meanX)
                let varianceY = sample * (box[3] / count - meanY * meanY)
                let covariance = sample * (box[4] / count - meanX * meanY)
                total +=
                    (2 * meanX * meanY + c1) * (2 * covariance + c2)
                    / ((meanX * meanX + meanY * meanY + c1) * (varianceX + varianceY + c2))
            }
        }
        return total / Double((height - windowEdge + 1) * (width - windowEdge + 1))
    }
}

/// Sums of x, y, x², y² and xy over any box of two frames, from a summed-area table.
private struct BoxSums {
    private typealias Sums = SIMD8<Double>
    private let stride: Int
    private var table: [Sums]

    init(width: Int, height: Int, x: ArraySlice<Float>, y: ArraySlice<Float>) {
        stride = width + 1
        table = [Sums](repeating: Sums(), count: stride * (height + 1))
        for row in 0..<height {
            var line = Sums()
            for column in 0..<width {
                let a = Double(x[x.startIndex + row * width + column])
                let b = Double(y[y.startIndex + row * width + column])
                line += Sums(a, b, a * a, b * b, a * b, 0, 0, 0)
                table[(row + 1) * stride + column + 1] = table[row * stride + column + 1] + line
            }
        }
    }

    func box(left: Int, top: Int, edge: Int) -> SIMD8<Double> {
        table[(top + edge) * stride + left + edge] - table[top * stride + left + edge]
            - table[(top + edge) * stride + left] + table[top * stride + left]
    }
}
