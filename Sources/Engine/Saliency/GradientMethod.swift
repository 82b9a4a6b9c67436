/// A method that is one backward pass.
public protocol GradientMethod: AttributionMethod {
    var rule: GradientRule { get }
}

extension GradientMethod {
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
