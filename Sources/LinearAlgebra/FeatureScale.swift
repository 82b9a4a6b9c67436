/// Centres features and divides them by one number, their root mean square distance from the mean, so that a strength
/// of regularisation means the same for any network.
///
/// All features are divided by the same number, not each by its own deviation: a channel that hardly responds to the
/// clips for fitting would otherwise be amplified, and dominate the answer when another clip excites it.
public struct FeatureScale: Sendable, Equatable {
    /// `[features]`.
    public let mean: [Double]
    /// 1 if all clips have the same features.
    public let distance: Double

    /// - Parameter features: `[clips, features]`, at least one clip.
    public init(_ features: Matrix) {
        let count = Double(max(features.rows, 1))
        var mean = [Double](repeating: 0, count: features.columns)
        for row in 0..<features.rows {
            for (index, value) in features.row(row).enumerated() { mean[index] += value / count }
        }
        var square = 0.0
        for row in 0..<features.rows {
            for (value, mean) in zip(features.row(row), mean) { square += (value - mean) * (value - mean) }
        }
        let distance = (square / count).squareRoot()
        self.mean = mean
        self.distance = distance > 0 && distance.isFinite ? distance : 1
    }

    /// The scaled features, `[clips, features]`.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` for another number of features.
    public func apply(to features: Matrix) throws(LinearAlgebraError) -> Matrix {
        guard features.columns == mean.count else {
            throw LinearAlgebraError(.sizes, "\(features.columns) features, where the scale has \(mean.count)")
        }
        var scaled = features
        scaled.values.withUnsafeMutableBufferPointer { values in
            for row in 0..<features.rows {
                for (index, mean) in mean.enumerated() {
                    let place = row * features.columns + index
                    values[place] = (values[place] - mean) / distance
                }
            }
        }
        return scaled
    }

    /// The head that gives for plain features what `head` gives for scaled ones: W / distance, and b − mean · W /
    /// distance.
    ///
    /// - Throws: `LinearAlgebraError.Code.sizes` for another number of features.
    public func unscaled(_ head: LinearHead) throws(LinearAlgebraError) -> LinearHead {
        guard head.weights.rows == mean.count else {
            throw LinearAlgebraError(.sizes, "\(head.weights.rows) features, where the scale has \(mean.count)")
        }
        var plain = head
        for (feature, mean) in mean.enumerated() {
            for index in 0..<head.classCount {
                let weight = head.weights[feature, index] / distance
                plain.weights.values[feature * head.classCount + index] = weight
                plain.bias[index] -= mean * weight
            }
        }
        return plain
    }
}
