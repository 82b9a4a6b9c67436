import Encode
import Engine

extension SaliencyRequest {
    /// The engine's method for this request. Noise is averaged over attributions alone: commands and settings refuse it elsewhere.
    var engineMethod: any SaliencyMethod {
        guard method == .xrai else { return engineMethod(of: method) }
        return XRAI(engineMethod(of: attributed), algorithm: parameters.regions ?? .full)
    }

    private func engineMethod(of method: Method) -> any SaliencyMethod {
        switch method {
        case .gradCAM: GradCAM(endpoint: endpoint)
        case .hiResCAM: HiResCAM(endpoint: endpoint)
        case .guidedGradCAM: GuidedGradCAM(endpoint: endpoint)
        case .occlusion: occlusion
        case .guidedBackprop: averaged(GuidedBackpropagation())
        case .gradient: averaged(Gradient())
        case .gradientTimesInput: averaged(GradientTimesInput())
        // Nothing is cut into regions twice.
        case .integratedGradients, .xrai:
            averaged(IntegratedGradients(baseline: baseline, steps: pathSteps, quadrature: quadrature))
        case .guidedIG: averaged(guidedIG)
        case .blurIG: averaged(blurIG(.space))
        case .blurIGTime: averaged(blurIG(.time))
        }
    }

    private var endpoint: String { parameters.endpoint ?? GradCAM.lastEndpoint }

    /// Occlusion with the request's boxes.
    var occlusion: Occlusion {
        let standard = Occlusion()
        return Occlusion(
            box: parameters.box ?? standard.box, stride: parameters.boxStride ?? standard.stride,
            fill: parameters.fill ?? standard.fill)
    }

    private var quadrature: PathQuadrature { parameters.quadrature ?? .trapezoid }

    private var noiseSpread: Double { parameters.noiseSpread ?? SmoothGrad.standardNoise }

    private var guidedIG: GuidedIntegratedGradients {
        let standard = GuidedIntegratedGradients()
        return GuidedIntegratedGradients(
            baseline: baseline, steps: pathSteps, fraction: parameters.fraction ?? standard.fraction,
            maximumDistance: parameters.maxDistance ?? standard.maximumDistance)
    }

    private func blurIG(_ axis: BlurIntegratedGradients.Axis) -> BlurIntegratedGradients {
        BlurIntegratedGradients(axis: axis, steps: pathSteps, maximumSigma: parameters.maxSigma)
    }

    private var pathSteps: Int { steps ?? attributed.standardSteps ?? 1 }

    private func averaged(_ base: any AttributionMethod) -> any SaliencyMethod {
        guard smoothSamples > 0 else { return base }
        return SmoothGrad(
            base, copies: smoothSamples, noise: Float(noiseSpread),
            average: noiseAverage, seed: seed)
    }

    /// What was used of the settings that not every method has, for records.
    var usedNoiseAverage: NoiseAverage? { smoothSamples > 0 ? noiseAverage : nil }
    var usedSteps: Int? { attributed.standardSteps.map { steps ?? $0 } }
    var usedSign: HeatSign? { sign == .absolute ? nil : sign }
    var usedBaseline: ClipBaseline? { attributed.hasBaseline ? baseline : nil }

    /// The parameters that the method has, its own where none were asked for; nil if it has none.
    var usedParameters: MethodParameters? {
        var used = MethodParameters()
        if attributed.hasEndpoint { used.endpoint = endpoint }
        if attributed == .occlusion {
            (used.box, used.boxStride, used.fill) = (occlusion.box, occlusion.stride, occlusion.fill)
        }
        if method == .xrai { (used.attribution, used.regions) = (attributed, parameters.regions ?? .full) }
        if attributed == .integratedGradients { used.quadrature = quadrature }
        if smoothSamples > 0 { used.noiseSpread = noiseSpread }
        if attributed == .guidedIG { (used.fraction, used.maxDistance) = (guidedIG.fraction, guidedIG.maximumDistance) }
        // Without one it goes by the clip's size.
        if attributed == .blurIG || attributed == .blurIGTime { used.maxSigma = parameters.maxSigma }
        return used == MethodParameters() ? nil : used
    }
}
