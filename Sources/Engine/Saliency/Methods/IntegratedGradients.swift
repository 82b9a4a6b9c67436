/// Integrated Gradients (Sundararajan et al., arXiv 1703.01365): the clip minus the baseline, times the mean gradient
/// on the straight line between them.
///
/// `steps` gradients are computed at equal distances, including both ends as in the PAIR package, and weighted by
/// `quadrature`. The gradient at the clip uses the forward pass that gave the answer, so n steps cost n forward and n
/// backward passes.
public struct IntegratedGradients: AttributionMethod {
    public var name: String { MethodDescriptor.integratedGradients.name }
    public let baseline: ClipBaseline
    /// The number of gradients on the line, at least 2.
    public let steps: Int
    public let quadrature: PathQuadrature

    /// As in the PAIR package.
    public static let standardSteps = 25

    public init(
        baseline: ClipBaseline = .black, steps: Int = Self.standardSteps, quadrature: PathQuadrature = .trapezoid
    ) {
        self.baseline = baseline
        self.steps = max(steps, 2)
        self.quadrature = quadrature
    }

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        let clip = session.clip()
        let baseline = baseline.values(of: clip, in: session)
        let weights = quadrature.weights(steps).map { Float($0) }
        var sums = targets.map { _ in [Float](repeating: 0, count: clip.count) }
        func add(at logits: [Float], weight: Float) throws(ModelError) {
            for (index, target) in targets.enumerated() {
                try session.backward(seed: target.seed(at: logits), rule: .gradient, control: control)
                try session.withGradient { gradient in
                    session.update(&sums[index]) { sample, sum in sum + weight * gradient[sample] }
                }
            }
        }
        try add(at: logits, weight: weights[steps - 1])
        control.progress(1 / Double(steps))

        defer { session.setClip(clip) }
        var first = logits
        for step in 0..<steps - 1 {
            let part = Float(Double(step) / Double(steps - 1))
            session.fillClip { sample in baseline[sample] + part * (clip[sample] - baseline[sample]) }
            let reached = try session.forward(control: control)
            if step == 0 { first = reached }
            try add(at: reached, weight: weights[step])
            control.progress(Double(step + 2) / Double(steps))
        }
        return targets.indices.map { index in
            session.update(&sums[index]) { sample, sum in sum * (clip[sample] - baseline[sample]) }
            let difference = targets[index].value(of: logits) - targets[index].value(of: first)
            return SampleAttribution(
                values: sums[index], completeness: Completeness(values: sums[index], difference: difference))
        }
    }
}

/// How Integrated Gradients weights its n gradients, at equal distances from the baseline to the clip, including both
/// ends.
///
/// A network of ReLUs and max-pools is piecewise linear: its slope along the path has many small jumps, so that rules
/// for smooth functions gain nothing. A rule's error is bounded by the slope's variation times the distance of the
/// rule's weights from even ones (Koksma's inequality): 1/n for PAIR's sum, 1/(2n - 2) for the trapezoidal rule, the
/// minimum for n points that include both ends.
public enum PathQuadrature: String, Sendable, CaseIterable, Codable {
    /// The trapezoidal rule: each end has half the weight of the points between them.
    case trapezoid
    /// The PAIR package's sum: the mean of all n, so that the ends have the same weight as the other points.
    case pair

    /// The weights of `count` gradients, from the baseline to the clip; they sum to 1.
    ///
    /// - Precondition: `count` is at least 2.
    func weights(_ count: Int) -> [Double] {
        switch self {
        case .trapezoid:
            (0..<count).map { ($0 == 0 || $0 == count - 1 ? 0.5 : 1) / Double(count - 1) }
        case .pair:
            [Double](repeating: 1 / Double(count), count: count)
        }
    }
}

extension MethodDescriptor {
    public static let integratedGradients = MethodDescriptor(
        name: "integrated-gradients", title: "Integrated Gradients", source: "arXiv 1703.01365",
        page: "integrated-gradients",
        family: .attribution {
            IntegratedGradients(
                baseline: $0.baseline, steps: $0.steps ?? IntegratedGradients.standardSteps,
                quadrature: $0.parameters.quadrature ?? .trapezoid)
        }, steps: IntegratedGradients.standardSteps, settings: [.baseline, .quadrature], hasSigns: true,
        cost: { settings, _ in
            let steps = settings.steps ?? IntegratedGradients.standardSteps
            return PassCount(forward: steps, backward: steps)
        })
}
