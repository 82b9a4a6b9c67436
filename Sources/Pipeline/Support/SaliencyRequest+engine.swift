import Encode
import Engine

extension SaliencyRequest {
    /// The engine's method for this request. Noise is averaged over attributions alone: commands and settings refuse it elsewhere.
    var engineMethod: any SaliencyMethod {
        switch method {
        case .gradCAM: GradCAM()
        case .hiResCAM: HiResCAM()
        case .guidedGradCAM: GuidedGradCAM()
        case .occlusion: Occlusion()
        case .xrai: XRAI(IntegratedGradients(baseline: baseline, steps: pathSteps))
        case .guidedBackprop: averaged(GuidedBackpropagation())
        case .gradient: averaged(Gradient())
        case .gradientTimesInput: averaged(GradientTimesInput())
        case .integratedGradients: averaged(IntegratedGradients(baseline: baseline, steps: pathSteps))
        case .guidedIG: averaged(GuidedIntegratedGradients(baseline: baseline, steps: pathSteps))
        case .blurIG: averaged(BlurIntegratedGradients(axis: .space, steps: pathSteps))
        case .blurIGTime: averaged(BlurIntegratedGradients(axis: .time, steps: pathSteps))
        }
    }

    private var pathSteps: Int { steps ?? method.standardSteps ?? 1 }

    private func averaged(_ base: any AttributionMethod) -> any SaliencyMethod {
        guard smoothSamples > 0 else { return base }
        return SmoothGrad(base, copies: smoothSamples, average: noiseAverage, seed: seed)
    }

    /// What was used of the settings that not every method has, for records.
    var usedNoiseAverage: NoiseAverage? { smoothSamples > 0 ? noiseAverage : nil }
    var usedSteps: Int? { method.standardSteps.map { steps ?? $0 } }
    var usedSign: HeatSign? { sign == .absolute ? nil : sign }
    var usedBaseline: PathBaseline? { method.hasBaseline ? baseline : nil }
}
