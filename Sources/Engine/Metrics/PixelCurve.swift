/// The target's probability while pixels are taken away from a clip, or put into an empty one.
public struct PixelCurve: Sendable, Codable, Equatable {
    /// The part of the pixels that is changed, 0…1, ascending.
    public var fractions: [Double]
    /// The target's probability there, 0…1.
    public var probabilities: [Double]

    public init(fractions: [Double], probabilities: [Double]) {
        self.fractions = fractions
        self.probabilities = probabilities
    }

    /// By trapezoids over 0…1, so that it is itself a mean probability.
    public var area: Double {
        zip(zip(fractions, probabilities), zip(fractions, probabilities).dropFirst()).reduce(0) { sum, ends in
            let ((x0, y0), (x1, y1)) = ends
            return sum + (x1 - x0) * (y0 + y1) / 2
        }
    }
}
