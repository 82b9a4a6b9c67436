import Glibc

/// How raw saliency is smoothed and normalised for display.
public struct HeatSmoothing: Sendable, Hashable {
    /// Standard deviation of the Gaussian over a map, in clip pixels; 0 for none.
    public var spatialSigma: Double
    /// The fraction of a window's values below full heat, 0…1.
    public var percentile: Double
    /// The weight of a new window's range in the running range, 0…1; with 1 earlier windows have no effect.
    public var adaptation: Double

    public init(spatialSigma: Double = 2, percentile: Double = 0.99, adaptation: Double = 0.4) {
        self.spatialSigma = spatialSigma
        self.percentile = percentile
        self.adaptation = adaptation
    }

    /// Weights of the Gaussian, centre first, truncated at three standard deviations, summing to 1 over both sides.
    func spatialWeights(limit: Int) -> [Float] {
        guard spatialSigma > 0 else { return [1] }
        let radius = max(min(Int((3 * spatialSigma).rounded(.up)), limit - 1), 0)
        let weights = (0...radius).map { gaussian(Double($0) / spatialSigma) }
        let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
        return weights.map { Float($0 / sum) }
    }
}

/// The Gaussian at `deviation` standard deviations, 1 at its centre.
private func gaussian(_ deviation: Double) -> Double {
    exp(-deviation * deviation / 2)
}
