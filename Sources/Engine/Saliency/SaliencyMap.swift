/// How much each pixel of a clip counts: Σ over channels of |gradient| (or what a method puts in its place), `[T, H, W]`.
public struct SaliencyMap: Sendable, Equatable {
    /// Of all values of a map.
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
    /// Raw values, >= 0 and as small as gradients are; frames outermost.
    public let values: [Float]

    public init(frames: Int, height: Int, width: Int, values: [Float]) {
        self.frames = frames
        self.height = height
        self.width = width
        self.values = values
    }

    /// The least and largest value, the mean and the 99th percentile.
    public var statistics: Statistics {
        let (minimum, maximum) = range
        let sum = values.reduce(0.0) { $0 + Double($1) }
        return Statistics(
            minimum: minimum, maximum: maximum, mean: values.isEmpty ? 0 : sum / Double(values.count),
            percentile99: percentile(99))
    }

    /// The value that `percent` of all values do not exceed, interpolated linearly between neighbours as NumPy does.
    ///
    /// - Parameter percent: 0…100; beyond, the nearest end.
    public func percentile(_ percent: Double) -> Double {
        guard !values.isEmpty else { return 0 }
        let position = Double(values.count - 1) * min(max(percent, 0), 100) / 100
        let lower = Int(position)
        let fraction = position - Double(lower)
        var order = values
        let a = Double(Selection.element(lower, of: &order))
        guard fraction > 0 else { return a }
        // What is selected splits the array: the next larger value is the least of the rest.
        let b = Double(order[(lower + 1)...].min() ?? Float(a))
        return fraction < 0.5 ? a + (b - a) * fraction : b - (b - a) * (1 - fraction)
    }

    /// For display, 0…1: the minimum taken off, divided by what is left of the percentile, clipped; over the whole clip.
    ///
    /// Where all values are equal there is nothing to see, and the map is 0; where the percentile is the minimum, whatever
    /// is above it is 1.
    public func normalized(percentile percent: Double = 99) -> [Float] {
        let minimum = Double(range.minimum)
        let span = percentile(percent) - minimum
        return values.map { value in
            let above = Double(value) - minimum
            guard above > 0 else { return 0 }
            return span > 0 ? Float(min(above / span, 1)) : 1
        }
    }

    /// For display, -1…1: values over the percentile of their magnitudes, clipped; over the whole clip. 0 stays 0.
    ///
    /// Where the percentile is 0, whatever is not 0 is 1 or -1.
    public func normalizedWithSigns(percentile percent: Double = 99) -> [Float] {
        let full = magnitudes.percentile(percent)
        return values.map { value in
            guard value != 0 else { return 0 }
            return full > 0 ? Float(min(max(Double(value) / full, -1), 1)) : value.sign == .minus ? -1 : 1
        }
    }

    /// Temporal saliency: the mean of the map over each frame, one value a frame, of whatever method made the map.
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
