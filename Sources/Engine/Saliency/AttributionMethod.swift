/// A method that gives every sample of the clip its share of the answer; what noise can be averaged over.
public protocol AttributionMethod: SaliencyMethod {
    /// The shares, `[T, H, W, C]`, of every target.
    ///
    /// - Parameters:
    ///   - session: has been through a forward pass over the clip. Its clip is the same afterwards.
    ///   - logits: of that pass, in class order.
    ///   - targets: the numbers to share out.
    ///   - control: cancels, and hears of the progress.
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

    /// One forward pass over every point the method looks at, and a backward pass from there for every target.
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

/// What a method says of every sample of a clip.
public struct SampleAttribution: Sendable {
    /// `[T, H, W, C]`
    public var values: [Float]
    /// Whether values below 0 speak against the target; else none is below 0.
    public var isSigned: Bool
    /// Of path methods.
    public var completeness: Completeness?

    public init(values: [Float], isSigned: Bool = true, completeness: Completeness? = nil) {
        self.values = values
        self.isSigned = isSigned
        self.completeness = completeness
    }
}
