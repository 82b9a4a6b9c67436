/// The plain gradient: d logit / d pixel (Simonyan et al., arXiv 1312.6034).
public struct Gradient: GradientMethod {
    public let name = "gradient"
    public let rule = GradientRule.gradient

    public init() {}
}
