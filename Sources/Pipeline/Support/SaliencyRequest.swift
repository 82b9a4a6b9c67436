import Encode
import Engine

/// What is to be explained, and by which method.
public struct SaliencyRequest: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        /// arXiv 1412.6806
        case guidedBackprop = "guided-backprop"
        /// d logit / d input
        case gradient
        case gradientTimesInput = "gradient-x-input"
        /// arXiv 1703.01365
        case integratedGradients = "integrated-gradients"
        /// arXiv 2106.09788
        case guidedIG = "guided-ig"
        /// arXiv 2004.03383, along the blur of the pictures
        case blurIG = "blur-ig"
        /// arXiv 2004.03383, along the blur in time
        case blurIGTime = "blur-ig-time"
        /// arXiv 1610.02391
        case gradCAM = "grad-cam"
        /// arXiv 2011.08891
        case hiResCAM = "hires-cam"
        /// arXiv 1610.02391
        case guidedGradCAM = "guided-grad-cam"
        case occlusion
        /// arXiv 1906.02825, over integrated gradients
        case xrai

        /// The steps of its path unless others are asked for, as in the PAIR package; nil where there is no path.
        public var standardSteps: Int? {
            switch self {
            case .guidedBackprop, .gradient, .gradientTimesInput: nil
            case .gradCAM, .hiResCAM, .guidedGradCAM, .occlusion: nil
            case .integratedGradients, .xrai: 25
            case .guidedIG: 200
            case .blurIG, .blurIGTime: 100
            }
        }

        /// Whether its path begins at a baseline.
        public var hasBaseline: Bool { self == .integratedGradients || self == .guidedIG || self == .xrai }

        /// Whether it looks at an endpoint.
        public var hasEndpoint: Bool { self == .gradCAM || self == .hiResCAM || self == .guidedGradCAM }

        /// Whether it gives every sample a share, which noisy copies can be averaged over.
        public var isAttribution: Bool {
            switch self {
            case .guidedBackprop, .gradient, .gradientTimesInput, .integratedGradients, .guidedIG, .blurIG, .blurIGTime:
                true
            case .gradCAM, .hiResCAM, .guidedGradCAM, .occlusion, .xrai: false
            }
        }
    }

    public static let stepsRange = 2...1000

    public var method: Method
    /// Noisy copies to average (SmoothGrad, arXiv 1706.03825); 0 is none.
    public var smoothSamples: Int
    /// What is averaged over them.
    public var noiseAverage: NoiseAverage
    /// Seeds the noise.
    public var seed: UInt64
    /// Of the path; nil for the method's own.
    public var steps: Int?
    /// Where paths begin.
    public var baseline: ClipBaseline
    /// "top1", a class index, a label, "contrast:A,B" or "log-prob:A".
    public var target: String
    /// What is shown of it.
    public var sign: HeatSign
    public var parameters: MethodParameters

    /// The method that gives pixels their shares: XRAI's own attribution, else the method itself.
    public var attributed: Method { method == .xrai ? parameters.attribution ?? .integratedGradients : method }

    /// Whether its explanations tell what speaks for the target from what speaks against it.
    public var hasSigns: Bool {
        method == .occlusion
            || method.isAttribution && method != .guidedBackprop && (smoothSamples == 0 || noiseAverage == .mean)
    }

    public init(
        method: Method = .guidedBackprop, smoothSamples: Int = 0, noiseAverage: NoiseAverage = .squares,
        seed: UInt64 = 1, steps: Int? = nil, baseline: ClipBaseline = .black, target: String = "top1",
        sign: HeatSign = .absolute, parameters: MethodParameters = MethodParameters()
    ) {
        self.method = method
        self.smoothSamples = smoothSamples
        self.noiseAverage = noiseAverage
        self.seed = seed
        self.steps = steps
        self.baseline = baseline
        self.target = target
        self.sign = sign
        self.parameters = parameters
    }
}
