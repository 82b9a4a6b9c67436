import Engine

/// The two methods between whose figures the check `weights` places a map, on the same window and network: the gradient,
/// which is known to change when a network is randomised, and guided backpropagation, which is known to stay nearly the
/// same (Adebayo et al., arXiv 1810.03292).
///
/// An absolute bound does not hold for every network: guided backpropagation had similarities of 0.65 to 0.89 with the
/// published network, and the gradient had 0.20 to 0.26 with it and 0.27 to 0.62 with the built-in one.
public struct WeightReferences: Sendable, Codable, Equatable {
    static let methods: [MethodDescriptor] = [.gradient, .guidedBackprop]

    /// Without the settings of the methods that are judged.
    static var engineMethods: [any SaliencyMethod] { methods.map { $0.method(with: MethodSettings()) } }

    /// The maps while the network's weights are randomised.
    public var gradient: [CascadingRandomization.Step]
    public var guided: [CascadingRandomization.Step]

    /// - Parameter cascades: in the order of `methods`.
    init?(_ cascades: some Collection<[CascadingRandomization.Step]>) {
        guard cascades.count == Self.methods.count, let first = cascades.first else { return nil }
        gradient = first
        guided = cascades.dropFirst().first ?? []
    }
}
