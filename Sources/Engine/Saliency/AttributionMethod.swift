/// A method that gives every sample of the clip a share of the answer; these methods can be averaged over noise.
public protocol AttributionMethod: SaliencyMethod {
    /// The shares, `[T, H, W, C]`, of every target.
    ///
    /// - Parameters:
    ///   - session: a session after a forward pass over its clip, which is unchanged afterwards.
    ///   - logits: of that pass, in class order.
    ///   - targets: the numbers to distribute.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `cancelled`.
    func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution]
}

extension AttributionMethod {
    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try explain(session, targets: [target], control: control)[0]
    }

    /// Makes one forward pass at every point that the method needs, and from there a backward pass for every target.
    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        let before = session.passes
        let (logits, resolved) = try session.answer(targets, control: control)
        let attributions = try attributions(session, logits: logits, targets: resolved, control: control)
        let cost = session.passes - before
        control.progress(1)
        return zip(resolved, attributions).map { target, attribution in
            Explanation(
                logits: logits, target: target, map: session.map(of: session.absoluteSum(of: attribution.values)),
                signed: attribution.isSigned ? session.signedSum(of: attribution.values) : nil, method: name,
                completeness: attribution.completeness,
                cost: cost)
        }
    }
}

/// The shares of all samples of a clip.
public struct SampleAttribution: Sendable {
    /// `[T, H, W, C]`
    public var values: [Float]
    /// Whether values below 0 are evidence against the target; otherwise no value is below 0.
    public var isSigned: Bool
    /// Only of path methods.
    public var completeness: Completeness?

    public init(values: [Float], isSigned: Bool = true, completeness: Completeness? = nil) {
        self.values = values
        self.isSigned = isSigned
        self.completeness = completeness
    }
}
