import Glibc

/// Multinomial logistic regression with L2 regularisation: the head that minimises
///
///     Σ over clips of −log softmax(x · W + b)[y]  +  ½ · strength · ‖W‖²
///
/// This is scikit-learn's `LogisticRegression` with C = 1 / strength for three classes or more: the bias is not
/// penalised, and every class has weights of its own. For two classes scikit-learn has one vector of weights instead of
/// two opposite ones; its C = 2 / strength gives the same probabilities.
///
/// The minimum is unique but for a number added to all biases; the biases found sum to 0.
public struct LogisticRegression: Sendable {
    /// The features and, in the last column, 1 for the bias: `[clips, features + 1]`.
    private let inputs: Matrix
    private let labels: [Int]
    private let classCount: Int

    /// The largest magnitude of an element of the gradient, divided by the number of clips, at which a fit ends.
    public static let gradientTolerance = 1e-9
    public static let maximumIterations = 10_000

    public struct Fit: Sendable {
        public var head: LinearHead
        /// The minimum divided by the number of clips.
        public var objective: Double
        /// The largest magnitude of the gradient's elements, divided by the number of clips.
        public var gradient: Double
        public var iterations: Int
        public var isConverged: Bool
    }

    /// - Parameters:
    ///   - features: `[clips, features]`, finite.
    ///   - labels: the class of each clip, from 0.
    /// - Throws: `LinearAlgebraError`: `sizes` if there is no clip, not one label for each clip, or a label beyond the
    ///   classes; `notFinite`.
    public init(features: Matrix, labels: [Int], classCount: Int) throws(LinearAlgebraError) {
        guard features.rows > 0, labels.count == features.rows, classCount > 0,
            labels.allSatisfy((0..<classCount).contains)
        else {
            throw LinearAlgebraError(
                .sizes, "\(labels.count) labels of \(classCount) classes for \(features.rows) clips")
        }
        guard features.values.allSatisfy(\.isFinite) else {
            throw LinearAlgebraError(.notFinite, "a feature is not finite")
        }
        var values: [Double] = []
        values.reserveCapacity(features.rows * (features.columns + 1))
        for row in 0..<features.rows {
            values += features.row(row)
            values.append(1)
        }
        inputs = try Matrix(rows: features.rows, columns: features.columns + 1, values: values)
        self.labels = labels
        self.classCount = classCount
    }

    /// - Parameters:
    ///   - strength: of the regularisation, above 0.
    ///   - start: where to begin, for example the head of another strength; nil for zeros.
    ///   - tolerance: see `gradientTolerance`.
    /// - Throws: `LinearAlgebraError`: `cancelled`; `sizes` for a `start` of another shape or a strength that is not
    ///   above 0.
    public func fit(
        strength: Double, from start: LinearHead? = nil, tolerance: Double = gradientTolerance, blas: OpenBLAS,
        isCancelled: () -> Bool = { false }
    ) throws(LinearAlgebraError) -> Fit {
        guard strength > 0, strength.isFinite else {
            throw LinearAlgebraError(.sizes, "a strength of \(strength), where one above 0 is needed")
        }
        let count = inputs.columns * classCount
        let first = start.map { $0.weights.values + $0.bias } ?? [Double](repeating: 0, count: count)
        guard first.count == count else {
            throw LinearAlgebraError(.sizes, "a fit cannot begin from a head of another shape")
        }
        let search = LBFGS(gradientTolerance: tolerance, maximumIterations: Self.maximumIterations)
        let found = try search.minimize(from: first, blas: blas, isCancelled: isCancelled) {
            point throws(LinearAlgebraError) in
            try objective(point, strength: strength, blas: blas)
        }
        let features = inputs.columns - 1
        let head = try LinearHead(
            weights: Matrix(
                rows: features, columns: classCount, values: Array(found.point[..<(features * classCount)])),
            bias: Array(found.point[(features * classCount)...]))
        return Fit(
            head: head, objective: found.value, gradient: found.gradient, iterations: found.iterations,
            isConverged: found.isConverged)
    }

    /// The function to minimise and its gradient, both divided by the number of clips.
    ///
    /// - Parameter point: W `[features, classes]`, row-major, then b `[classes]`.
    func objective(
        _ point: [Double], strength: Double, blas: OpenBLAS
    ) throws(LinearAlgebraError) -> LBFGS.Evaluation {
        let parameters = try Matrix(rows: inputs.columns, columns: classCount, values: point)
        // Becomes the loss's derivative with respect to each logit: probability minus 1 for the clip's class.
        var logits = try blas.product(inputs, parameters)
        var loss = 0.0
        let classes = classCount
        logits.values.withUnsafeMutableBufferPointer { values in
            for (row, label) in labels.enumerated() {
                let own = values.extracting(row * classes..<(row + 1) * classes)
                let normalizer = LinearHead.logSumOfExponentials(UnsafeBufferPointer(own))
                loss += normalizer - own[label]
                for index in 0..<classes { own[index] = exp(own[index] - normalizer) }
                own[label] -= 1
            }
        }
        // The penalty's gradient, without the last row, which is the bias.
        let clips = Double(labels.count)
        var gradient = parameters
        let penalized = (inputs.columns - 1) * classes
        var square = 0.0
        gradient.values.withUnsafeMutableBufferPointer { values in
            for index in 0..<penalized {
                square += values[index] * values[index]
                values[index] *= strength
            }
            for index in penalized..<values.count { values[index] = 0 }
        }
        try blas.multiply(inputs, isTransposed: true, logits, adding: 1, to: &gradient)
        let scaled = gradient.values.map { $0 / clips }
        return ((loss + 0.5 * strength * square) / clips, scaled)
    }
}
