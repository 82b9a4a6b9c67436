import Glibc

/// A Gaussian over the height and width of every frame, cut at four standard deviations; edges are mirrored, the outermost
/// pixel twice (SciPy's `gaussian_filter` as it is by default).
struct PlaneBlur {
    let height: Int
    let width: Int
    let channels: Int
    private let taps: [Double]

    /// - Parameter sigma: in pixels, above 0.
    init(height: Int, width: Int, channels: Int, sigma: Double) {
        self.height = height
        self.width = width
        self.channels = channels
        let radius = Int(4 * sigma + 0.5)
        let weights = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = weights.reduce(0, +)
        taps = weights.map { $0 / sum }
    }

    /// - Parameter values: frames `[H, W, C]`, one after the other.
    func blurred(_ values: [Float], pool: ThreadPool) -> [Float] {
        let count = height * width * channels
        var result = [Float](repeating: 0, count: values.count)
        result.withUnsafeMutableBufferPointer { result in
            pool.run(values.count / count) { frame, _ in
                let first = frame * count
                let plane = values[first..<first + count].map(Double.init)
                let columns = filtered(plane, length: width, stride: channels)
                for (index, value) in filtered(columns, length: height, stride: width * channels).enumerated() {
                    result[first + index] = Float(value)
                }
            }
        }
        return result
    }

    /// Along an axis of `length` elements that lie `stride` apart.
    private func filtered(_ plane: [Double], length: Int, stride: Int) -> [Double] {
        let radius = taps.count / 2
        let sources = (-radius..<length + radius).map { place in
            let turn = ((place % (2 * length)) + 2 * length) % (2 * length)
            return min(turn, 2 * length - 1 - turn) * stride
        }
        return plane.indices.map { index in
            let place = index / stride % length
            let origin = index - place * stride
            var sum = 0.0
            for (tap, weight) in taps.enumerated() { sum += weight * plane[origin + sources[place + tap]] }
            return sum
        }
    }
}
