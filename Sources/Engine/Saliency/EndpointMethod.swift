/// A method that looks at what the network holds at an endpoint.
public protocol EndpointMethod: SaliencyMethod {
    /// As `EngineSession.endpointNames` has it.
    var endpoint: String { get }
}

extension EndpointMethod {
    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// One forward pass, and for each target what `map` makes of the endpoint's gradient, `[T, H, W]`.
    func explanations(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl,
        map: (EndpointPass, _ gradient: [Float], ResolvedTarget) throws(ModelError) -> [Float]
    ) throws(ModelError) -> [Explanation] {
        let before = session.passes
        let pass = try EndpointPass(session, endpoint: endpoint, targets: targets, control: control)
        var explanations: [Explanation] = []
        for target in pass.targets {
            control.progress(Double(explanations.count + 1) / Double(targets.count + 1))
            let gradient = try pass.gradient(session, of: target, control: control)
            explanations.append(
                Explanation(
                    logits: pass.logits, target: target, map: session.map(of: try map(pass, gradient, target)),
                    method: name, cost: PassCount()))
        }
        let cost = session.passes - before
        for index in explanations.indices { explanations[index].cost = cost }
        control.progress(1)
        return explanations
    }
}
