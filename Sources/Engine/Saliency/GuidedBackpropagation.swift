/// Guided backpropagation: the gradient, passed at each ReLU only where it is positive itself (Springenberg et al.,
/// arXiv 1412.6806).
public struct GuidedBackpropagation: GradientMethod {
    public let name = "guided-backprop"
    public let rule = GradientRule.guided

    public init() {}
}
