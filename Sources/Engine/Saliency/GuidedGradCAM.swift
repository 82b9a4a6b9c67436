/// Guided Grad-CAM: guided backpropagation, which has detail but no class, times Grad-CAM, which has a class but no detail
/// (Selvaraju et al., arXiv 1610.02391).
public struct GuidedGradCAM: SaliencyMethod {
    public let name = "guided-grad-cam"
    /// As `EngineSession.endpointNames` has it.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        let before = session.passes
        let first = RunControl(isCancelled: control.isCancelled) { control.progress($0 * 0.6) }
        let pass = try EndpointPass(session, endpoint: endpoint, target: target, control: first)
        control.progress(0.6)
        try session.backward(seed: pass.target.seed(at: pass.logits), rule: .guided, control: control)
        let cam = pass.upsampled(pass.channelWeighted(), session)
        let products = zip(try session.absoluteGradient(), cam).map { $0 * $1 }
        control.progress(1)
        return Explanation(
            logits: pass.logits, target: pass.target, map: session.map(of: products), method: name,
            cost: session.passes - before)
    }
}
