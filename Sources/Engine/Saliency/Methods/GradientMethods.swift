/// A method that needs only one backward pass.
public protocol GradientMethod: AttributionMethod, ClipGradientMethod {}

extension GradientMethod {
    /// As for every attribution, but sums each gradient over channels without copying it: a copy would be as large as
    /// the clip.
    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        let before = session.passes
        let (logits, resolved) = try session.answer(targets, control: control)
        var explanations: [Explanation] = []
        for target in resolved {
            control.progress(Double(explanations.count + 1) / Double(resolved.count + 1))
            try session.backward(seed: target.seed(at: logits), rule: rule, control: control)
            explanations.append(
                Explanation(
                    logits: logits, target: target, map: session.map(of: try session.absoluteGradient()),
                    signed: try session.withGradient { session.signedSum(of: $0) }, method: name,
                    cost: session.passes - before))
        }
        let cost = session.passes - before
        for index in explanations.indices { explanations[index].cost = cost }
        control.progress(1)
        return explanations
    }

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        var attributions: [SampleAttribution] = []
        for (index, target) in targets.enumerated() {
            try session.backward(seed: target.seed(at: logits), rule: rule, control: control)
            attributions.append(SampleAttribution(values: try session.gradient()))
            control.progress(Double(index + 1) / Double(targets.count))
        }
        return attributions
    }
}

/// The plain gradient: d logit / d pixel (Simonyan et al., arXiv 1312.6034).
public struct Gradient: GradientMethod {
    public var name: String { MethodDescriptor.gradient.name }
    public let rule = GradientRule.gradient

    public init() {}
}

/// Guided backpropagation: the gradient, passed at each ReLU only where it is positive itself (Springenberg et al.,
/// arXiv 1412.6806).
public struct GuidedBackpropagation: GradientMethod {
    public var name: String { MethodDescriptor.guidedBackprop.name }
    public let rule = GradientRule.guided

    public init() {}
}

/// The gradient times its sample, in the network's range: how much the answer would fall if it were linear and the
/// sample were 0 (Shrikumar et al., arXiv 1605.01713).
public struct GradientTimesInput: AttributionMethod, ClipGradientMethod {
    public var name: String { MethodDescriptor.gradientTimesInput.name }
    public let rule = GradientRule.gradient

    public init() {}

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        var attributions = try Gradient().attributions(session, logits: logits, targets: targets, control: control)
        let clip = session.clip()
        for index in attributions.indices {
            session.update(&attributions[index].values) { sample, value in value * clip[sample] }
        }
        return attributions
    }
}

extension MethodDescriptor {
    public static let guidedBackprop = MethodDescriptor(
        name: "guided-backprop", title: "Guided backpropagation", source: "arXiv 1412.6806", page: "gradients",
        family: .attribution { _ in GuidedBackpropagation() }, reusesForward: true)

    public static let gradient = MethodDescriptor(
        name: "gradient", title: "Gradient", source: "arXiv 1312.6034", page: "gradients",
        family: .attribution { _ in Gradient() }, hasSigns: true, reusesForward: true)

    public static let gradientTimesInput = MethodDescriptor(
        name: "gradient-x-input", title: "Gradient times input", source: "arXiv 1605.01713", page: "gradients",
        family: .attribution { _ in GradientTimesInput() }, hasSigns: true, reusesForward: true)
}
