/// The importance of each pixel of a clip, `[T, H, W]`: the sum over channels of |gradient|, or the method's own
/// measure.
public struct SaliencyMap: Sendable, Equatable {
    /// Statistics over all values of a map.
    public struct Statistics: Sendable, Hashable, Codable {
        public var minimum: Float
        public var maximum: Float
        public var mean: Double
        /// The 99th percentile, where the display map saturates.
        public var percentile99: Double
    }

    public let frames: Int
    public let height: Int
    public let width: Int
    /// The raw values, frames outermost. They are as small as gradients, and not negative unless the map has signs.
    public let values: [Float]

    public init(frames: Int, height: Int, width: Int, values: [Float]) {
        self.frames = frames
        self.height = height
        self.width = width
        self.values = values
    }

    /// The minimum, the maximum, the mean and the 99th percentile.
    public var statistics: Statistics {
        let (minimum, maximum) = range
        let sum = values.reduce(0.0) { $0 + Double($1) }
        return Statistics(
            minimum: minimum, maximum: maximum, mean: values.isEmpty ? 0 : sum / Double(values.count),
            percentile99: percentile(99))
    }

    /// The value that `percent` of all values do not exceed, interpolated linearly between neighbours as in NumPy.
    ///
    /// - Parameter percent: clamped to 0…100.
    public func percentile(_ percent: Double) -> Double {
        guard !values.isEmpty else { return 0 }
        let position = Double(values.count - 1) * min(max(percent, 0), 100) / 100
        let lower = Int(position)
        let fraction = position - Double(lower)
        var order = values
        let a = Double(Selection.element(lower, of: &order))
        guard fraction > 0 else { return a }
        // The selection partitions the array: the next larger value is the minimum of the rest.
        let b = Double(order[(lower + 1)...].min() ?? Float(a))
        return fraction < 0.5 ? a + (b - a) * fraction : b - (b - a) * (1 - fraction)
    }

    /// For display, 0…1: the values minus the minimum, divided by the percentile minus the minimum, clipped; over the
    /// whole clip.
    ///
    /// If all values are equal, the map is 0. If the percentile equals the minimum, all values above it become 1.
    public func normalized(percentile percent: Double = 99) -> [Float] {
        let minimum = Double(range.minimum)
        let span = percentile(percent) - minimum
        return values.map { value in
            let above = Double(value) - minimum
            guard above > 0 else { return 0 }
            return span > 0 ? Float(min(above / span, 1)) : 1
        }
    }

    /// For display, −1…1: the values divided by the percentile of their magnitudes, clipped; over the whole clip. 0
    /// stays 0.
    ///
    /// If the percentile is 0, all values except 0 become 1 or −1.
    public func normalizedWithSigns(percentile percent: Double = 99) -> [Float] {
        let full = magnitudes.percentile(percent)
        return values.map { value in
            guard value != 0 else { return 0 }
            return full > 0 ? Float(min(max(Double(value) / full, -1), 1)) : value.sign == .minus ? -1 : 1
        }
    }

    /// Temporal saliency: the mean of the map over each frame.
    public var frameMeans: [Double] {
        let plane = height * width
        return (0..<frames).map { frame in
            values[frame * plane..<(frame + 1) * plane].reduce(0.0) { $0 + Double($1) } / Double(max(plane, 1))
        }
    }

    private var range: (minimum: Float, maximum: Float) {
        guard let first = values.first else { return (0, 0) }
        return values.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
    }
}
