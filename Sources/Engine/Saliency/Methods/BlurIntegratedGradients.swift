/// Blur Integrated Gradients (Xu et al., arXiv 2004.03383): gradients integrated along a path on which the clip is
/// increasingly blurred, in its frames or in time.
///
/// As in the PAIR package, σ grows evenly, each step uses the gradient at its less blurred end, and the path's
/// direction is a difference over `sigmaStep`. Samples beyond the edges of a frame are 0, as there; in time the clip is
/// mirrored at its ends, so that the path removes motion and not brightness.
public struct BlurIntegratedGradients: AttributionMethod {
    /// Whether each frame is blurred, or each pixel over time.
    public enum Axis: String, Sendable, CaseIterable, Codable {
        case space, time
    }

    public let axis: Axis
    public let steps: Int
    /// The strongest blur in pixels or frames. Nil stands for 50 pixels at a shorter edge of 224, in proportion at
    /// others, and for half the clip's frames.
    public let maximumSigma: Double?
    /// The step in σ of the difference that gives the path's direction.
    public let sigmaStep: Double
    /// Whether σ² instead of σ grows evenly.
    public let isSquareRoot: Bool

    public var name: String { (axis == .space ? MethodDescriptor.blurIG : .blurIGTime).name }

    /// As in the PAIR package.
    public static let standardSteps = 100

    public init(
        axis: Axis = .space, steps: Int = Self.standardSteps, maximumSigma: Double? = nil, sigmaStep: Double = 0.01,
        isSquareRoot: Bool = false
    ) {
        self.axis = axis
        self.steps = max(steps, 1)
        self.maximumSigma = maximumSigma
        self.sigmaStep = sigmaStep
        self.isSquareRoot = isSquareRoot
    }

    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        let clip = session.clip()
        let largest = maximumSigma ?? Self.standardSigma(axis, session.shape)
        let sigmas = (0...steps).map { step in
            let sigma = Double(step) * largest / Double(steps)
            return isSquareRoot ? sigma.squareRoot() : sigma
        }
        let blur = ClipBlur(
            shape: session.shape, pool: session.pool, axis: axis == .space ? .space : .time,
            edge: axis == .space ? .zero : .reflected)
        var sums = targets.map { _ in [Float](repeating: 0, count: clip.count) }
        defer { session.setClip(clip) }
        for step in 0..<steps {
            control.progress(Double(step) / Double(steps + 1))
            // As long as the kernel reaches no neighbour, the path does not move, and the step adds nothing.
            guard GaussianFilter.radius(sigma: sigmas[step] + sigmaStep) > 0 else { continue }
            let width = Float(sigmas[step + 1] - sigmas[step])
            let (blurred, slope) = blur.blurred(clip, sigma: sigmas[step], step: sigmaStep)
            session.fillClip { blurred[$0] }
            let reached = try session.forward(control: control)
            for (index, target) in targets.enumerated() {
                try session.backward(seed: target.seed(at: reached), rule: .gradient, control: control)
                try session.withGradient { gradient in
                    session.update(&sums[index]) { sample, sum in sum - width * slope[sample] * gradient[sample] }
                }
            }
        }
        let last = blur.blurred(clip, sigma: sigmas[steps])
        session.fillClip { last[$0] }
        let end = try session.forward(control: control)
        return zip(targets, sums).map { target, sum in
            SampleAttribution(
                values: sum,
                completeness: Completeness(values: sum, difference: target.value(of: logits) - target.value(of: end)))
        }
    }

    private static func standardSigma(_ axis: Axis, _ shape: ClipShape) -> Double {
        switch axis {
        case .space: 50 * Double(min(shape.height, shape.width)) / 224
        case .time: Double(shape.frames) / 2
        }
    }
}

extension MethodDescriptor {
    public static let blurIG = along(.space, name: "blur-ig", title: "Blur Integrated Gradients")
    public static let blurIGTime = along(.time, name: "blur-ig-time", title: "Blur Integrated Gradients in time")

    private static func along(_ axis: BlurIntegratedGradients.Axis, name: String, title: String) -> MethodDescriptor {
        MethodDescriptor(
            name: name, title: title, source: "arXiv 2004.03383", page: "blur-ig",
            family: .attribution {
                BlurIntegratedGradients(
                    axis: axis, steps: $0.steps ?? BlurIntegratedGradients.standardSteps,
                    maximumSigma: $0.parameters.maxSigma)
            }, steps: BlurIntegratedGradients.standardSteps, settings: [.maxSigma], hasSigns: true,
            cost: { settings, _ in
                let steps = settings.steps ?? BlurIntegratedGradients.standardSteps
                // The first step's blur reaches no neighbour.
                return PassCount(forward: steps + 1, backward: steps - 1)
            })
    }
}
