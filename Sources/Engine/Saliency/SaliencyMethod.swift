/// A method that computes which pixels led to the network's answer.
///
/// A method explains the session's clip and leaves the clip unchanged.
public protocol SaliencyMethod: Sendable {
    /// The name in commands and sidecars: `guided-backprop`.
    var name: String { get }

    /// Explains one target of the session's clip.
    ///
    /// - Throws: `invalidRequest` or `labels` if the target does not exist; `cancelled`.
    func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation

    /// Explains several targets, in their order, with as few passes as the method allows.
    ///
    /// The cost of each explanation is that of all targets together.
    func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation]
}

extension SaliencyMethod {
    /// Explains one target of the session's clip; cannot be cancelled.
    public func explain(_ session: EngineSession, target: SaliencyTarget) throws(ModelError) -> Explanation {
        try explain(session, target: target, control: RunControl())
    }

    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        for target in targets { try target.resolve(manifest: session.model.manifest) }
        let before = session.passes
        var explanations: [Explanation] = []
        for (index, target) in targets.enumerated() {
            explanations.append(
                try explain(session, target: target, control: control.part(index, of: targets.count)))
        }
        let cost = session.passes - before
        for index in explanations.indices { explanations[index].cost = cost }
        return explanations
    }
}
