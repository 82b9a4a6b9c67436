/// How Integrated Gradients weights its n gradients, at even distances from the baseline to the clip, both ends among them.
///
/// A network of ReLUs and max-pools is piecewise linear: its slope along the path is a function of many small jumps and not a
/// smooth one, so that rules of high order gain nothing. What bounds a rule's error is the slope's variation times how far the
/// rule's weights are from even (Koksma's inequality): 1/n for PAIR's sum, 1/(2n - 2) for the trapezoidal rule, the least that
/// n points with both ends among them allow.
public enum PathQuadrature: String, Sendable, CaseIterable, Codable {
    /// The trapezoidal rule: each end counts half as much as a point between them.
    case trapezoid
    /// The PAIR package's sum: the mean of all n, so that the ends count as much as the others.
    case pair

    /// The weights of `count` gradients, from the baseline to the clip; they sum to 1.
    ///
    /// - Precondition: `count` is at least 2.
    func weights(_ count: Int) -> [Double] {
        switch self {
        case .trapezoid:
            (0..<count).map { ($0 == 0 || $0 == count - 1 ? 0.5 : 1) / Double(count - 1) }
        case .pair:
            [Double](repeating: 1 / Double(count), count: count)
        }
    }
}
