/// Settings that one method or a few have; what is nil is the method's own. Records of results have them in this form.
public struct MethodParameters: Sendable, Codable, Equatable {
    /// Where in the network activation maps look.
    public var endpoint: String?
    /// What occlusion covers at once, and from one box to the next: frames, height, width.
    public var box: Occlusion.Box?
    public var boxStride: Occlusion.Box?
    /// What occlusion puts in the place of what it covers.
    public var fill: ClipBaseline?
    /// The method whose map XRAI cuts into regions, and how it chooses them.
    public var attribution: MethodDescriptor?
    public var regions: XRAI.Algorithm?
    /// How integrated gradients weights the gradients on its path; XRAI's own attribution too.
    public var quadrature: PathQuadrature?
    /// The noise's standard deviation, as a part of the clip's largest less its smallest sample, 0…1.
    public var noiseSpread: Double?
    /// Guided IG's: the part of all samples that one move takes, and how far samples may be from the straight line; 0…1.
    public var fraction: Double?
    public var maxDistance: Double?
    /// Blur IG's strongest blur, in pixels or frames.
    public var maxSigma: Double?

    public init() {}
}

/// Everything that can be set of a saliency method. `MethodDescriptor` says which of it a method takes, `MethodSetting` how each is
/// written and which values it may have.
public struct MethodSettings: Sendable, Equatable {
    /// Noisy copies to average (SmoothGrad, arXiv 1706.03825); 0 is none.
    public var smoothSamples = 0
    /// What is averaged over them.
    public var noiseAverage = NoiseAverage.squares
    /// Seeds the noise.
    public var seed: UInt64 = 1
    /// Of the path; nil for the method's own.
    public var steps: Int?
    /// Where paths begin.
    public var baseline = ClipBaseline.black
    public var parameters = MethodParameters()

    public init() {}

    /// The parameters that are used by `method`, its own where none are set; nil if it has none.
    public func usedParameters(by method: MethodDescriptor) -> MethodParameters? {
        var used = MethodSettings()
        for setting in MethodSetting.parameters where method.takes(setting, with: self) {
            // Without noise it has no spread.
            guard setting != .noiseSpread || smoothSamples > 0 else { continue }
            setting.resolve(self, into: &used)
        }
        return used.parameters == MethodParameters() ? nil : used.parameters
    }

    /// Keys and values of the settings of a list, as the configuration has them: what is set, and what every key of a job names.
    public func entries(_ settings: [MethodSetting]) -> [(key: String, value: String)] {
        settings.compactMap { setting in setting.entry(in: self).map { (setting.key, $0) } }
    }
}
