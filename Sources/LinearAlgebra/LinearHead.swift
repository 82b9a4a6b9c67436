import Glibc

/// A linear classifier: logits = features · weights + bias.
public struct LinearHead: Sendable, Equatable {
    /// `[features, classes]`.
    public internal(set) var weights: Matrix
    /// `[classes]`.
    public internal(set) var bias: [Double]

    public var classCount: Int { bias.count }

    /// - Throws: `LinearAlgebraError.Code.sizes` if there is not one bias for each column.
    public init(weights: Matrix, bias: [Double]) throws(LinearAlgebraError) {
        guard weights.columns == bias.count else {
            throw LinearAlgebraError(.sizes, "\(bias.count) biases for \(weights.columns) classes")
        }
        self.weights = weights
        self.bias = bias
    }

    /// The natural logarithms of the classes' probabilities, `[clips, classes]`.
    ///
    /// - Parameter features: `[clips, features]`.
    /// - Throws: `LinearAlgebraError.Code.sizes` for another number of features.
    public func logProbabilities(_ features: Matrix, blas: OpenBLAS) throws(LinearAlgebraError) -> Matrix {
        var logits = try blas.product(features, weights)
        let bias = bias
        let classes = classCount
        guard classes > 0 else { return logits }
        logits.values.withUnsafeMutableBufferPointer { values in
            for row in 0..<features.rows {
                let own = values.extracting(row * classes..<(row + 1) * classes)
                for index in 0..<classes { own[index] += bias[index] }
                let normalizer = Self.logSumOfExponentials(UnsafeBufferPointer(own))
                for index in 0..<classes { own[index] -= normalizer }
            }
        }
        return logits
    }

    /// log Σ exp(x), without overflow; `values` is not empty.
    static func logSumOfExponentials(_ values: UnsafeBufferPointer<Double>) -> Double {
        let largest = values.reduce(-Double.infinity) { max($0, $1) }
        return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
    }
}
