/// The gradient times the sample it belongs to, in the network's own range: how far the answer would move, were it linear, if
/// the sample were 0 (Shrikumar et al., arXiv 1605.01713).
public struct GradientTimesInput: AttributionMethod {
    public let name = "gradient-x-input"

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
