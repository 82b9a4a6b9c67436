/// HiRes-CAM in space-time: how much every position of an endpoint speaks for the class (Draelos and Carin,
/// arXiv 2011.08891).
///
/// The map is the positive part of Σ over channels of gradient · activation, each at its own position. At the last endpoint,
/// behind which the network is linear, these products add up to the logit without its bias.
public struct HiResCAM: EndpointMethod {
    public let name = "hires-cam"
    /// As `EngineSession.endpointNames` has it.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, gradient, _ in
            pass.upsampled(pass.elementProducts(gradient), session)
        }
    }
}
