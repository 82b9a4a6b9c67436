/// What activation maps are made of: an endpoint's activations from one forward pass, and for each target their gradient, from
/// as much of a backward pass as lies behind the endpoint.
struct EndpointPass {
    let logits: [Float]
    let targets: [ResolvedTarget]
    private let endpoint: String
    private let geometry: EndpointGeometry
    /// `[T', H', W', C]`
    private let activation: ModelVariables.Variable

    /// - Throws: `invalidRequest` or `labels` if there is no such endpoint or target, before the network runs; `cancelled`.
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

    /// Σ over channels of activation · mean gradient of the channel, `[T', H', W']`, with its sign.
    func channelWeighted(_ gradient: [Float]) -> [Float] {
        var sums = [Double](repeating: 0, count: channels)
        for position in 0..<positions {
            for channel in 0..<channels { sums[channel] += Double(gradient[position * channels + channel]) }
        }
        let weights = sums.map { $0 / Double(positions) }
        return sumOverChannels { weights[$1] * Double(activation.values[$0]) }
    }

    /// Σ over channels of activation · gradient, `[T', H', W']`, with its sign.
    func elementProducts(_ gradient: [Float]) -> [Float] {
        sumOverChannels { index, _ in Double(gradient[index]) * Double(activation.values[index]) }
    }

    /// The positive part, `[T, H, W]` of the clip.
    func upsampled(_ values: [Float], _ session: EngineSession) -> [Float] {
        geometry.upsampled(values.map { max($0, 0) }, to: session.shape, pool: session.pool)
    }

    private func sumOverChannels(_ term: (_ index: Int, _ channel: Int) -> Double) -> [Float] {
        (0..<positions).map { position in
            Float((0..<channels).reduce(0.0) { $0 + term(position * channels + $1, $1) })
        }
    }
}
