/// Integrated Gradients (Sundararajan et al., arXiv 1703.01365): the clip less the baseline, times the mean gradient on the
/// straight line between them.
///
/// As in the PAIR package: the mean of `steps` gradients at even distances, both ends among them. The gradient at the clip uses
/// the forward pass that the answer came from, so n steps are n forward and n backward passes.
public struct IntegratedGradients: AttributionMethod {
    public let name = "integrated-gradients"
    public let baseline: ClipBaseline
    /// Gradients on the line, at least 2.
    public let steps: Int

    public init(baseline: ClipBaseline = .black, steps: Int = 25) {
        self.baseline = baseline
        self.steps = max(steps, 2)
    }

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        let clip = session.clip()
        let baseline = baseline.values(of: clip, in: session)
        var sums = targets.map { _ in [Float](repeating: 0, count: clip.count) }
        func add(at logits: [Float]) throws(ModelError) {
            for (index, target) in targets.enumerated() {
                try session.backward(seed: target.seed(at: logits), rule: .gradient, control: control)
                try session.withGradient { gradient in
                    session.update(&sums[index]) { sample, sum in sum + gradient[sample] }
                }
            }
        }
        try add(at: logits)
        control.progress(1 / Double(steps))

        defer { session.setClip(clip) }
        var first = logits
        for step in 0..<steps - 1 {
            let part = Float(Double(step) / Double(steps - 1))
            session.fillClip { sample in baseline[sample] + part * (clip[sample] - baseline[sample]) }
            let reached = try session.forward(control: control)
            if step == 0 { first = reached }
            try add(at: reached)
            control.progress(Double(step + 2) / Double(steps))
        }
        return targets.indices.map { index in
            let factor = 1 / Float(steps)
            session.update(&sums[index]) { sample, sum in sum * factor * (clip[sample] - baseline[sample]) }
            let difference = targets[index].value(of: logits) - targets[index].value(of: first)
            return SampleAttribution(
                values: sums[index], completeness: Completeness(values: sums[index], difference: difference))
        }
    }
}
