extension MethodSetting {
    public static let smooth: Self = Self(
        "smooth", .integer(0...1000), at: \.smoothSamples, isInEveryKey: true, valueName: "copies",
        help:
            "Average over this many noisy copies of each window (SmoothGrad); each takes as long as the window; 0 is off."
    )

    public static let noiseAverage: Self = Self(
        "noise-average", .choice(), at: \.noiseAverage, valueName: "what",
        help: "What is averaged over the noisy copies: mean (SmoothGrad), squares (SmoothGrad²) or variance (VarGrad).")

    public static let steps: Self = Self(
        "steps", .integer(2...1000), ifSet: \.steps, standard: nil, valueName: "count",
        help: "Gradients on the path of \(methodsByStandardSteps); each takes as long as the window.")

    public static let baseline: Self = Self(
        "baseline", .choice(), at: \.baseline, valueName: "clip",
        help: "The clip at which the paths of \(SaliencyMethods.taking(.baseline).names) begin.")

    public static let seed: Self = Self(
        "seed", .seed, at: \.seed, isInEveryKey: true, valueName: "number",
        help: "Seeds SmoothGrad's noise: the same seed gives the same map.")

    public static let endpoint: Self = Self(
        "endpoint", .name(I3DArchitecture.endpointNames), ifSet: \.parameters.endpoint, standard: GradCAM.lastEndpoint,
        valueName: "endpoint",
        help:
            "The endpoint of \(SaliencyMethods.taking(.endpoint).names): \(GradCAM.lastEndpoint) (the default), or an earlier one such as Mixed_4f."
    )

    public static let box: Self = Self(
        "box", .box, ifSet: \.parameters.box, standard: Occlusion().box, valueName: "T,H,W",
        help: "The box that occlusion covers: frames, height and width (\(Occlusion().box)).")

    public static let boxStride: Self = Self(
        "box-stride", .box, ifSet: \.parameters.boxStride, standard: Occlusion().stride, valueName: "T,H,W",
        help: "The distance from one box of occlusion to the next (\(Occlusion().stride)).")

    public static let fill: Self = Self(
        "fill", .choice(), ifSet: \.parameters.fill, standard: Occlusion().fill, valueName: "fill",
        help: "What replaces the boxes of occlusion: mean (the default), black, blurred or first-frame.")

    public static let attribution: Self = Self(
        "attribution", .choice { !$0.takes(.attribution) }, ifSet: \.parameters.attribution,
        standard: .standardAttribution, valueName: "method",
        help:
            "The method whose map \(SaliencyMethods.taking(.attribution).names) cuts into regions (\(MethodDescriptor.standardAttribution.name))."
    )

    public static let regions: Self = Self(
        "regions", .choice(), ifSet: \.parameters.regions, standard: XRAI.Algorithm.full, valueName: "how",
        help: "How xrai chooses regions: one by one by what each adds (full, the default), or all at once (fast).")

    public static let quadrature: Self = Self(
        "quadrature", .choice(), ifSet: \.parameters.quadrature, standard: PathQuadrature.trapezoid, valueName: "rule",
        help:
            "How integrated-gradients weights the gradients on its path: trapezoid (the default; ends count half), or pair (the PAIR package's mean)."
    )

    public static let noiseSpread: Self = Self(
        "noise-spread", .number(0...1), ifSet: \.parameters.noiseSpread, standard: SmoothGrad.standardNoise,
        valueName: "0…1",
        help:
            "The standard deviation of --smooth's noise, as a part of the clip's range (\(SmoothGrad.standardNoise))."
    )

    public static let fraction: Self = Self(
        "fraction", .number(0...1), ifSet: \.parameters.fraction, standard: GuidedIntegratedGradients().fraction,
        valueName: "0…1",
        help:
            "The part of all samples that guided-ig moves at once (\(GuidedIntegratedGradients().fraction)).")

    public static let maxDistance: Self = Self(
        "max-distance", .number(0...1), ifSet: \.parameters.maxDistance,
        standard: GuidedIntegratedGradients().maximumDistance, valueName: "0…1",
        help:
            "The maximum distance of guided-ig's samples from the straight line, as a part of it (\(GuidedIntegratedGradients().maximumDistance))."
    )

    /// The default depends on the clip's size.
    public static let maxSigma: Self = Self(
        "max-sigma", .number(0.1...1000), ifSet: \.parameters.maxSigma, standard: nil, valueName: "sigma",
        help:
            "The strongest blur of blur-ig in pixels (default: 50 of a short side of 224), of blur-ig-time in frames (half the window)."
    )

    /// The settings of every request, in their order in job keys.
    public static let shared: [MethodSetting] = [smooth, noiseAverage, steps, baseline, seed]

    /// The settings in `MethodParameters`, in their order in job keys.
    public static let parameters: [MethodSetting] = [
        endpoint, box, boxStride, fill, attribution, regions, quadrature, noiseSpread, fraction, maxDistance, maxSigma,
    ]

    public static let all = shared + parameters

    /// The settings of noise, which every attribution method has.
    public static let noise: [MethodSetting] = [smooth, noiseAverage, noiseSpread]

    /// "integrated-gradients and xrai (25), guided-ig (200)"
    private static var methodsByStandardSteps: String {
        let methods = SaliencyMethods.taking(.steps)
        var groups: [[MethodDescriptor]] = []
        for method in methods {
            if let group = groups.firstIndex(where: { $0[0].standardSteps == method.standardSteps }) {
                groups[group].append(method)
            } else {
                groups.append([method])
            }
        }
        return groups.map { "\($0.names) (\($0[0].standardSteps ?? 0))" }.joined(separator: ", ")
    }
}
