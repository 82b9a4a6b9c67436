/// A way to say which pixels made the network answer as it did.
///
/// A method works on the clip that the session holds and leaves it as it was.
public protocol SaliencyMethod: Sendable {
    /// As users and sidecars write it: `guided-backprop`.
    var name: String { get }

    /// Explains one target of the session's clip.
    ///
    /// - Throws: `invalidRequest` or `labels` if there is no such target; `cancelled`.
    func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation

    /// Explains several targets, in their order, with as few passes as the method can.
    ///
    /// Each explanation's cost is that of all together.
    func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation]
}

extension SaliencyMethod {
    /// Explains one target of the session's clip, without a way to cancel.
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
