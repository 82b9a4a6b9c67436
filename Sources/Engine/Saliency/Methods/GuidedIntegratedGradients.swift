/// Guided Integrated Gradients (Kapishnikov et al., arXiv 2106.09788): a path from the baseline to the clip that first
/// moves the samples on which the answer depends least, within a maximum distance from the straight line.
///
/// As in the PAIR package, over all samples of the clip at once. Every target has its own path.
public struct GuidedIntegratedGradients: AttributionMethod {
    public var name: String { MethodDescriptor.guidedIG.name }
    public let baseline: ClipBaseline
    public let steps: Int
    /// The part of all samples that is moved at once, 0…1.
    public let fraction: Double
    /// The maximum distance of a sample from the straight line, as a part of its way; 0 is the straight line, 1 is no
    /// limit.
    public let maximumDistance: Double

    /// As in the PAIR package.
    public static let standardSteps = 200

    public init(
        baseline: ClipBaseline = .black, steps: Int = Self.standardSteps, fraction: Double = 0.25,
        maximumDistance: Double = 0.02
    ) {
        self.baseline = baseline
        self.steps = max(steps, 1)
        self.fraction = min(max(fraction, 0), 1)
        self.maximumDistance = min(max(maximumDistance, 0), 1)
    }

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        let clip = session.clip()
        let baseline = baseline.values(of: clip, in: session)
        defer { session.setClip(clip) }
        var attributions: [SampleAttribution] = []
        for (index, target) in targets.enumerated() {
            attributions.append(
                try follow(
                    session,
                    GuidedPath(clip: clip, baseline: baseline, frames: session.shape.frames, pool: session.pool),
                    logits: logits, target: target, control: control.part(index, of: targets.count)))
        }
        return attributions
    }

    private func follow(
        _ session: EngineSession, _ start: GuidedPath, logits: [Float], target: ResolvedTarget, control: RunControl
    ) throws(ModelError) -> SampleAttribution {
        var path = start
        var first = logits
        for step in 0..<steps {
            session.fillClip { path.sample($0) }
            let reached = try session.forward(control: control)
            if step == 0 { first = reached }
            try session.backward(seed: target.seed(at: reached), rule: .gradient, control: control)
            let line = Double(step + 1) / Double(steps)
            path.advance(
                to: line, within: maximumDistance, fraction: fraction, gradient: try session.gradient())
            control.progress(Double(step + 1) / Double(steps))
        }
        return SampleAttribution(
            values: path.attribution,
            completeness: Completeness(
                values: path.attribution, difference: target.value(of: logits) - target.value(of: first)))
    }
}

extension MethodDescriptor {
    public static let guidedIG = MethodDescriptor(
        name: "guided-ig", title: "Guided Integrated Gradients", source: "arXiv 2106.09788", page: "guided-ig",
        family: .attribution {
            let standard = GuidedIntegratedGradients()
            return GuidedIntegratedGradients(
                baseline: $0.baseline, steps: $0.steps ?? standard.steps,
                fraction: $0.parameters.fraction ?? standard.fraction,
                maximumDistance: $0.parameters.maxDistance ?? standard.maximumDistance)
        }, steps: GuidedIntegratedGradients.standardSteps, settings: [.baseline, .fraction, .maxDistance],
        hasSigns: true,
        cost: { settings, _ in
            let steps = settings.steps ?? GuidedIntegratedGradients.standardSteps
            return PassCount(forward: steps + 1, backward: steps)
        })
}
