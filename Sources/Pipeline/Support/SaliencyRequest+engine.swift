import Engine

extension SaliencyRequest {
    /// The engine's method for this request.
    var engineMethod: any SaliencyMethod {
        let steps = steps ?? method.standardSteps ?? 1
        let base: any AttributionMethod =
            switch method {
            case .guidedBackprop: GuidedBackpropagation()
            case .gradient: Gradient()
            case .gradientTimesInput: GradientTimesInput()
            case .integratedGradients: IntegratedGradients(baseline: baseline, steps: steps)
            case .guidedIG: GuidedIntegratedGradients(baseline: baseline, steps: steps)
            case .blurIG: BlurIntegratedGradients(axis: .space, steps: steps)
            case .blurIGTime: BlurIntegratedGradients(axis: .time, steps: steps)
            }
        guard smoothSamples > 0 else { return base }
        return SmoothGrad(base, copies: smoothSamples, average: noiseAverage, seed: seed)
    }

    /// What was used of the settings that not every method has, for records.
    var usedNoiseAverage: NoiseAverage? { smoothSamples > 0 ? noiseAverage : nil }
    var usedSteps: Int? { method.standardSteps.map { steps ?? $0 } }
    var usedBaseline: PathBaseline? { method.hasBaseline ? baseline : nil }
}
