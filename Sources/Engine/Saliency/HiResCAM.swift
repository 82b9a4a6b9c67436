/// HiRes-CAM in space-time: how much every position of an endpoint speaks for the class (Draelos and Carin,
/// arXiv 2011.08891).
///
/// The map is the positive part of Σ over channels of gradient · activation, each at its own position. At the last endpoint,
/// behind which the network is linear, these products add up to the logit without its bias.
public struct HiResCAM: SaliencyMethod {
    public let name = "hires-cam"
    /// As `EngineSession.endpointNames` has it.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        let before = session.passes
        let pass = try EndpointPass(session, endpoint: endpoint, target: target, control: control)
        control.progress(1)
        return Explanation(
            logits: pass.logits, target: pass.target,
            map: session.map(of: pass.upsampled(pass.elementProducts(), session)),
            method: name, cost: session.passes - before)
    }
}
