/// A way to say which pixels made the network answer as it did.
///
/// A method works on the clip that the session holds and leaves it as it was.
public protocol SaliencyMethod: Sendable {
    /// As users and sidecars write it: `guided-backprop`.
    var name: String { get }

    /// Explains one class of the session's clip.
    ///
    /// - Throws: `invalidRequest` or `labels` if there is no such target; `cancelled`.
    func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation
}

extension SaliencyMethod {
    public func explain(_ session: EngineSession, target: SaliencyTarget) throws(ModelError) -> Explanation {
        try explain(session, target: target, control: RunControl())
    }
}

/// A method that is one backward pass; what noise can be averaged over.
public protocol GradientMethod: SaliencyMethod {
    var rule: GradientRule { get }
}

extension GradientMethod {
    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try target.resolve(manifest: session.model.manifest)
        let logits = try session.forward(control: control)
        control.progress(0.5)
        let index = try target.resolve(logits: logits, manifest: session.model.manifest)
        try session.backward(target: index, rule: rule, control: control)
        control.progress(1)
        return Explanation(
            logits: logits, target: index, map: session.map(of: try session.absoluteGradient()), method: name)
    }
}

extension EngineSession {
    /// `values` `[T, H, W]` as a map of this session's shape.
    func map(of values: [Float]) -> SaliencyMap {
        SaliencyMap(frames: shape.frames, height: shape.height, width: shape.width, values: values)
    }
}
