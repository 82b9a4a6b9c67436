/// Finds a step along a direction of descent of a convex function that meets the strong Wolfe conditions (Nocedal and
/// Wright, equation 3.7).
///
/// The bracket is narrowed by the signs of slopes, which suffice for a convex function. Near the minimum, where the
/// values of the function differ by no more than their rounding, slopes alone decide (as in Hager and Zhang, SIAM J. Optim. 16,
/// 2005, "approximate Wolfe conditions").
struct LineSearch {
    /// The function at one step.
    struct Probe {
        var step: Double
        var value: Double
        /// The derivative with respect to the step.
        var slope: Double
        var point: [Double]
        var gradient: [Double]
    }

    /// The function's value and slope at step 0; the slope is negative.
    let value: Double
    let slope: Double

    /// The decrease must be at least this part of what the slope at 0 promises.
    private static let decrease = 1e-4
    /// The slope must fall to this part of the one at 0.
    private static let flattening = 0.9
    /// The relative rounding error of a value: a mean over many terms.
    private static let rounding = 1e-13
    private static let maximumProbes = 60

    /// - Parameters:
    ///   - first: the step to try first, positive.
    ///   - probe: computes the function at a step.
    /// - Returns: nil if there is no such step within rounding.
    func step(
        first: Double, _ probe: (Double) throws(LinearAlgebraError) -> Probe
    ) throws(LinearAlgebraError) -> Probe? {
        var low = (step: 0.0, slope: slope)
        var high: (step: Double, slope: Double)?
        var step = first
        for _ in 0..<Self.maximumProbes {
            let found = try probe(step)
            let isFinite = found.value.isFinite && found.slope.isFinite
            let limit = value + Self.decrease * step * slope + Self.rounding * value.magnitude
            if isFinite, found.value <= limit, found.slope.magnitude <= -Self.flattening * slope { return found }
            if isFinite, found.value <= limit, found.slope < 0 {
                low = (step, found.slope)
            } else {
                high = (step, isFinite ? found.slope : .infinity)
            }
            guard let high else {
                step *= 2
                continue
            }
            let next = Self.middle(low, high)
            guard next > low.step, next < high.step else { return nil }
            step = next
        }
        return nil
    }

    /// Where the slope would be 0 if it were linear between the ends; the middle if that is not known or too near an
    /// end.
    private static func middle(_ low: (step: Double, slope: Double), _ high: (step: Double, slope: Double)) -> Double {
        let width = high.step - low.step
        guard high.slope.isFinite, high.slope > 0 else { return low.step + width / 2 }
        let part = low.slope / (low.slope - high.slope)
        return low.step + width * min(max(part, 0.1), 0.9)
    }
}
