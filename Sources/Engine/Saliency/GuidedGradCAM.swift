/// Guided Grad-CAM: guided backpropagation, which has detail but no class, times Grad-CAM, which has a class but no detail
/// (Selvaraju et al., arXiv 1610.02391).
public struct GuidedGradCAM: EndpointMethod {
    public let name = "guided-grad-cam"
    /// As `EngineSession.endpointNames` has it.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, gradient, target throws(ModelError) in
            try session.backward(seed: target.seed(at: pass.logits), rule: .guided, control: control)
            let cam = pass.upsampled(pass.channelWeighted(gradient), session)
            return zip(try session.absoluteGradient(), cam).map { $0 * $1 }
        }
    }
}
