/// Grad-CAM in space-time: which of an endpoint's channels speak for the class, and where they are active (Selvaraju et
/// al., arXiv 1610.02391).
///
/// A channel weighs by the mean of its gradient over all positions; the map is the positive part of the weighted sum of the
/// activations.
public struct GradCAM: EndpointMethod {
    public let name = "grad-cam"
    /// As `EngineSession.endpointNames` has it.
    public let endpoint: String

    /// The last endpoint before the head, as in the paper: what it holds is the nearest to the answer.
    public static let lastEndpoint = "Mixed_5c"

    public init(endpoint: String = Self.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, gradient, _ in
            pass.upsampled(pass.channelWeighted(gradient), session)
        }
    }
}
