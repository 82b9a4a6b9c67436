/// Settings that only some methods have; nil stands for the method's default. Also the form in which records contain
/// them.
public struct MethodParameters: Sendable, Codable, Equatable {
    /// The endpoint of activation maps.
    public var endpoint: String?
    /// The box that occlusion covers: frames, height, width.
    public var box: Occlusion.Box?
    /// The distance from one box of occlusion to the next: frames, height, width.
    public var boxStride: Occlusion.Box?
    /// What occlusion replaces covered boxes with.
    public var fill: ClipBaseline?
    /// The method whose map XRAI cuts into regions.
    public var attribution: MethodDescriptor?
    /// How XRAI chooses regions.
    public var regions: XRAI.Algorithm?
    /// How integrated gradients weights the gradients on its path, also as the base of XRAI.
    public var quadrature: PathQuadrature?
    /// The noise's standard deviation, as a part of the difference between the clip's largest and smallest sample, 0…1.
    public var noiseSpread: Double?
    /// The part of all samples that guided integrated gradients moves at once, 0…1.
    public var fraction: Double?
    /// The maximum distance of guided integrated gradients' samples from the straight line, 0…1.
    public var maxDistance: Double?
    /// The strongest blur of blur integrated gradients, in pixels or frames.
    public var maxSigma: Double?

    public init() {}
}

/// All settings of saliency methods. `MethodDescriptor` lists those of each method, `MethodSetting` defines the names
/// and allowed values.
public struct MethodSettings: Sendable, Equatable {
    /// The number of noisy copies to average (SmoothGrad, arXiv 1706.03825); 0 for none.
    public var smoothSamples = 0
    /// What is averaged over them.
    public var noiseAverage = NoiseAverage.squares
    /// The seed of the noise.
    public var seed: UInt64 = 1
    /// The number of steps on the path; nil for the method's default.
    public var steps: Int?
    /// The clip at which paths begin.
    public var baseline = ClipBaseline.black
    public var parameters = MethodParameters()

    public init() {}

    /// The parameters that `method` uses, with its defaults for those that are not set; nil if it has no parameters.
    public func usedParameters(by method: MethodDescriptor) -> MethodParameters? {
        var used = MethodSettings()
        for setting in MethodSetting.parameters where method.takes(setting, with: self) {
            // Without noise the spread is not used.
            guard setting != .noiseSpread || smoothSamples > 0 else { continue }
            setting.resolve(self, into: &used)
        }
        return used.parameters == MethodParameters() ? nil : used.parameters
    }

    /// The keys and values of the listed settings in the configuration's form: those that are set, and those that are
    /// in every job key.
    public func entries(_ settings: [MethodSetting]) -> [(key: String, value: String)] {
        settings.compactMap { setting in setting.entry(in: self).map { (setting.key, $0) } }
    }
}
