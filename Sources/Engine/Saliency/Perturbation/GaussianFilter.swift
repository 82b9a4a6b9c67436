import Glibc

/// Gaussian smoothing along one axis, as SciPy's `gaussian_filter1d` computes it: a kernel that ends at 4σ and sums to
/// 1.
struct GaussianFilter {
    /// The values beyond the ends.
    enum Edge {
        case zero
        /// The values mirrored, d c b a | a b c d | d c b a, which keeps the mean.
        case reflected
    }

    /// The radius of the kernel; with 0 the filter changes nothing.
    static func radius(sigma: Double) -> Int { Int(4 * sigma + 0.5) }

    /// For each position of the result, the weights of the source positions from `first` on.
    private let rows: [(first: Int, weights: [Double])]

    init(sigma: Double, length: Int, edge: Edge) {
        let radius = Self.radius(sigma: sigma)
        let powers = (-radius...radius).map { radius == 0 ? 1 : exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = powers.reduce(0, +)
        rows = (0..<length).map { place in
            var weights = [Double](repeating: 0, count: length)
            for (tap, power) in powers.enumerated() {
                let source = place + tap - radius
                switch edge {
                case .zero:
                    if source >= 0, source < length { weights[source] += power / sum }
                case .reflected:
                    let turned = (source % (2 * length) + 2 * length) % (2 * length)
                    weights[turned < length ? turned : 2 * length - 1 - turned] += power / sum
                }
            }
            let first = weights.firstIndex { $0 != 0 } ?? 0
            let last = weights.lastIndex { $0 != 0 } ?? first
            return (first, Array(weights[first...last]))
        }
    }

    /// Smooths along the outer axis of `[length, row]`.
    func apply(_ source: [Double], row: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: rows.count * row) { result, count in
            source.withUnsafeBufferPointer { source in
                for (place, (first, weights)) in rows.enumerated() {
                    let destination = UnsafeMutableBufferPointer(rebasing: result[place * row..<(place + 1) * row])
                    destination.initialize(repeating: 0)
                    for (offset, weight) in weights.enumerated() {
                        let line = UnsafeBufferPointer(
                            rebasing: source[(first + offset) * row..<(first + offset + 1) * row])
                        for index in 0..<row { destination[index] += weight * line[index] }
                    }
                }
            }
            count = rows.count * row
        }
    }
}
