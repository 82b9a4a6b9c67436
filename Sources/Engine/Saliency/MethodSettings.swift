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
