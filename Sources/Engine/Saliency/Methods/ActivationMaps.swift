/// A method that uses the activations at an endpoint.
public protocol EndpointMethod: SaliencyMethod {
    /// One of `EngineSession.endpointNames`.
    var endpoint: String { get }
}

extension EndpointMethod {
    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// Makes one forward pass, and for each target computes the map `[T, H, W]` with `map`.
    func explanations(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl,
        map: (EndpointPass, ResolvedTarget) throws(ModelError) -> [Float]
    ) throws(ModelError) -> [Explanation] {
        let before = session.passes
        let pass = try EndpointPass(session, endpoint: endpoint, targets: targets, control: control)
        var explanations: [Explanation] = []
        for target in pass.targets {
            control.progress(Double(explanations.count + 1) / Double(targets.count + 1))
            explanations.append(
                Explanation(
                    logits: pass.logits, target: target, map: session.map(of: try map(pass, target)),
                    method: name, cost: PassCount()))
        }
        let cost = session.passes - before
        for index in explanations.indices { explanations[index].cost = cost }
        control.progress(1)
        return explanations
    }
}

/// Grad-CAM in space-time: shows where those channels of an endpoint are active that are evidence for the class
/// (Selvaraju et al., arXiv 1610.02391).
///
/// A channel's weight is the mean of its gradient over all positions; the map is the positive part of the weighted sum
/// of the activations.
public struct GradCAM: EndpointMethod {
    public var name: String { MethodDescriptor.gradCAM.name }
    /// One of `EngineSession.endpointNames`.
    public let endpoint: String
    /// The last endpoint before the head, as in the paper: its activations are nearest to the answer.
    public static let lastEndpoint = "Mixed_5c"

    public init(endpoint: String = Self.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, target throws(ModelError) in
            let gradient = try pass.gradient(session, of: target, control: control)
            return pass.upsampled(pass.channelWeighted(gradient), session)
        }
    }
}

/// HiRes-CAM in space-time: the evidence for the class at every position of an endpoint (Draelos and Carin,
/// arXiv 2011.08891).
///
/// The map is the positive part of the sum over channels of gradient · activation at each position. At the last
/// endpoint, after which the network is linear, these products add up to the logit without its bias.
public struct HiResCAM: EndpointMethod {
    public var name: String { MethodDescriptor.hiResCAM.name }
    /// One of `EngineSession.endpointNames`.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, target throws(ModelError) in
            let gradient = try pass.gradient(session, of: target, control: control)
            return pass.upsampled(pass.elementProducts(gradient), session)
        }
    }
}

/// Guided Grad-CAM: the product of guided backpropagation, which is detailed but hardly depends on the class, and
/// Grad-CAM, which depends on the class but is coarse (Selvaraju et al., arXiv 1610.02391).
public struct GuidedGradCAM: EndpointMethod, ClipGradientMethod {
    public var name: String { MethodDescriptor.guidedGradCAM.name }
    public let rule = GradientRule.guided
    /// One of `EngineSession.endpointNames`.
    public let endpoint: String

    public init(endpoint: String = GradCAM.lastEndpoint) {
        self.endpoint = endpoint
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        try explanations(session, targets: targets, control: control) { pass, target throws(ModelError) in
            // This pass comes first, so that it can be shared with guided backpropagation.
            try session.backward(seed: target.seed(at: pass.logits), rule: rule, control: control)
            let guided = try session.absoluteGradient()
            let gradient = try pass.gradient(session, of: target, control: control)
            let cam = pass.upsampled(pass.channelWeighted(gradient), session)
            return zip(guided, cam).map { $0 * $1 }
        }
    }
}

/// The data of activation maps: an endpoint's activations from one forward pass, and for each target their gradient,
/// from the part of a backward pass that ends at the endpoint.
struct EndpointPass {
    let logits: [Float]
    let targets: [ResolvedTarget]
    private let endpoint: String
    private let geometry: EndpointGeometry
    /// `[T', H', W', C]`
    private let activation: ModelVariables.Variable

    /// - Throws: `invalidRequest` or `labels`, before the network runs, if the endpoint or a target does not exist;
    ///   `cancelled`.
    init(
        _ session: EngineSession, endpoint: String, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) {
        self.endpoint = endpoint
        geometry = try session.plan.geometry(of: endpoint)
        let manifest = session.model.manifest
        for target in targets { try target.resolve(manifest: manifest) }
        let forward = try session.forward(capturing: [endpoint], control: control)
        logits = forward.logits
        var resolved: [ResolvedTarget] = []
        for target in targets { resolved.append(try target.resolved(logits: logits, manifest: manifest)) }
        self.targets = resolved
        guard let activation = forward.endpoints[endpoint] else {
            throw ModelError(.invalidRequest, "there is no endpoint \(endpoint)")
        }
        self.activation = activation
    }

    /// The gradient of a target with respect to the activations, `[T', H', W', C]`.
    ///
    /// - Throws: `cancelled`.
    func gradient(
        _ session: EngineSession, of target: ResolvedTarget, control: RunControl
    ) throws(ModelError) -> [Float] {
        let gradients = try session.backward(
            seed: target.seed(at: logits), rule: .gradient, capturingGradientsAt: [endpoint], stopsThere: true,
            control: control)
        guard let gradient = gradients[endpoint] else {
            throw ModelError(.invalidRequest, "there is no endpoint \(endpoint)")
        }
        return gradient.values
    }

    private var channels: Int { activation.shape[3] }
    private var positions: Int { activation.values.count / channels }

    /// The sum over channels of activation · mean gradient of the channel, `[T', H', W']`, with its sign.
    func channelWeighted(_ gradient: [Float]) -> [Float] {
        var sums = [Double](repeating: 0, count: channels)
        for position in 0..<positions {
            for channel in 0..<channels { sums[channel] += Double(gradient[position * channels + channel]) }
        }
        let weights = sums.map { $0 / Double(positions) }
        return sumOverChannels { weights[$1] * Double(activation.values[$0]) }
    }

    /// The sum over channels of activation · gradient, `[T', H', W']`, with its sign.
    func elementProducts(_ gradient: [Float]) -> [Float] {
        sumOverChannels { index, _ in Double(gradient[index]) * Double(activation.values[index]) }
    }

    /// The positive part, interpolated to the clip's `[T, H, W]`.
    func upsampled(_ values: [Float], _ session: EngineSession) -> [Float] {
        geometry.upsampled(values.map { max($0, 0) }, to: session.shape, pool: session.pool)
    }

    private func sumOverChannels(_ term: (_ index: Int, _ channel: Int) -> Double) -> [Float] {
        (0..<positions).map { position in
            Float((0..<channels).reduce(0.0) { $0 + term(position * channels + $1, $1) })
        }
    }
}

extension MethodDescriptor {
    public static let gradCAM = MethodDescriptor(
        name: "grad-cam", title: "Grad-CAM", source: "arXiv 1610.02391", page: "grad-cam",
        family: .map { GradCAM(endpoint: $0.endpoint) }, settings: [.endpoint])

    public static let hiResCAM = MethodDescriptor(
        name: "hires-cam", title: "HiRes-CAM", source: "arXiv 2011.08891", page: "grad-cam",
        family: .map { HiResCAM(endpoint: $0.endpoint) }, settings: [.endpoint])

    public static let guidedGradCAM = MethodDescriptor(
        name: "guided-grad-cam", title: "Guided Grad-CAM", source: "arXiv 1610.02391", page: "grad-cam",
        family: .map { GuidedGradCAM(endpoint: $0.endpoint) }, settings: [.endpoint],
        cost: { _, _ in PassCount(forward: 1, backward: 2) })
}

extension MethodSettings {
    fileprivate var endpoint: String { parameters.endpoint ?? GradCAM.lastEndpoint }
}
