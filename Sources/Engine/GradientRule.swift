/// Where a ReLU passes the gradient in the backward pass.
public enum GradientRule: String, Sendable, CaseIterable, Codable {
    /// Where the activation is > 0: the derivative.
    case gradient
    /// Where the activation and the gradient are both > 0: guided backpropagation (arXiv 1412.6806).
    case guided
}
