/// Minimises a smooth convex function by the limited-memory BFGS method (Nocedal and Wright, Numerical Optimization,
/// 2nd edition, algorithms 7.4 and 7.5).
public struct LBFGS: Sendable {
    /// The number of pairs of steps and gradient changes that stand for the curvature.
    public var memory = 10
    /// The largest magnitude that an element of the gradient may have at the minimum.
    public var gradientTolerance: Double
    public var maximumIterations: Int

    public struct Minimum: Sendable {
        public var point: [Double]
        public var value: Double
        /// The largest magnitude of the gradient's elements.
        public var gradient: Double
        public var iterations: Int
        /// The number of times that the function was computed.
        public var evaluations: Int
        /// Whether `gradient` is within the tolerance.
        public var isConverged: Bool
    }

    /// A function's value and gradient.
    public typealias Evaluation = (value: Double, gradient: [Double])

    public init(gradientTolerance: Double, maximumIterations: Int) {
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// - Parameters:
    ///   - function: convex and differentiable.
    ///   - isCancelled: asked before each iteration.
    /// - Throws: `LinearAlgebraError`: `cancelled`; `notFinite` if the function is not finite at `start`; what `function`
    ///   throws.
    public func minimize(
        from start: [Double], blas: OpenBLAS, isCancelled: () -> Bool = { false },
        _ function: ([Double]) throws(LinearAlgebraError) -> Evaluation
    ) throws(LinearAlgebraError) -> Minimum {
        var point = start
        var (value, gradient) = try function(point)
        guard value.isFinite, gradient.allSatisfy(\.isFinite) else {
            throw LinearAlgebraError(.notFinite, "the function to minimise is not finite where the search begins")
        }
        var pairs = CurvaturePairs(blas: blas, capacity: memory)
        var (iterations, evaluations) = (0, 1)
        var size = gradient.largestMagnitude
        while size > gradientTolerance, iterations < maximumIterations {
            if isCancelled() { throw LinearAlgebraError(.cancelled, "cancelled") }
            var direction = try pairs.direction(against: gradient)
            var slope = try blas.dot(direction, gradient)
            if slope >= 0 {
                // Rounding has spoilt the pairs.
                pairs.removeAll()
                direction = gradient.map { -$0 }
                slope = -(try blas.dot(gradient, gradient))
            }
            let first = pairs.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1
            let search = LineSearch(value: value, slope: slope)
            guard
                let step = try search.step(
                    first: first,
                    { step throws(LinearAlgebraError) in
                        evaluations += 1
                        var next = point
                        try blas.add(step, direction, to: &next)
                        let (value, gradient) = try function(next)
                        return LineSearch.Probe(
                            step: step, value: value, slope: try blas.dot(gradient, direction), point: next,
                            gradient: gradient)
                    })
            else { break }
            try pairs.append(from: (point, gradient), to: (step.point, step.gradient))
            (point, value, gradient) = (step.point, step.value, step.gradient)
            size = gradient.largestMagnitude
            iterations += 1
        }
        return Minimum(
            point: point, value: value, gradient: size, iterations: iterations, evaluations: evaluations,
            isConverged: size <= gradientTolerance)
    }
}

/// The last steps and changes of the gradient, which stand for the inverse of the Hessian.
private struct CurvaturePairs {
    private struct Pair {
        /// The change of the point, and of the gradient.
        var step: [Double]
        var change: [Double]
        /// 1 / (step · change).
        var inverse: Double
    }

    let blas: OpenBLAS
    let capacity: Int
    private var pairs: [Pair] = []
    /// The scale of the initial inverse Hessian: step · change / change · change of the last pair.
    private var scale = 1.0

    init(blas: OpenBLAS, capacity: Int) {
        self.blas = blas
        self.capacity = capacity
    }

    var isEmpty: Bool { pairs.isEmpty }

    mutating func removeAll() {
        pairs.removeAll()
        scale = 1
    }

    mutating func append(
        from old: (point: [Double], gradient: [Double]), to new: (point: [Double], gradient: [Double])
    ) throws(LinearAlgebraError) {
        var (step, change) = (new.point, new.gradient)
        try blas.add(-1, old.point, to: &step)
        try blas.add(-1, old.gradient, to: &change)
        let curvature = try blas.dot(step, change)
        let square = try blas.dot(change, change)
        // Without curvature along the step, or with less than rounding leaves of it, the pair says nothing.
        guard curvature > 1e-16 * square, square > 0 else { return }
        if pairs.count == capacity { pairs.removeFirst() }
        pairs.append(Pair(step: step, change: change, inverse: 1 / curvature))
        scale = curvature / square
    }

    /// Minus the product of the inverse Hessian and the gradient, by the two-loop recursion (algorithm 7.4).
    func direction(against gradient: [Double]) throws(LinearAlgebraError) -> [Double] {
        var result = gradient.map { -$0 }
        var factors: [Double] = []
        for pair in pairs.reversed() {
            let factor = pair.inverse * (try blas.dot(pair.step, result))
            try blas.add(-factor, pair.change, to: &result)
            factors.append(factor)
        }
        if !pairs.isEmpty { result = result.map { $0 * scale } }
        for (pair, factor) in zip(pairs, factors.reversed()) {
            let other = pair.inverse * (try blas.dot(pair.change, result))
            try blas.add(factor - other, pair.step, to: &result)
        }
        return result
    }
}

extension [Double] {
    fileprivate var largestMagnitude: Double { reduce(0) { Swift.max($0, $1.magnitude) } }
}
