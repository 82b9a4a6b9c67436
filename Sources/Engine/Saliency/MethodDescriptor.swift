/// A saliency method's name, settings, cost and factory.
///
/// Each descriptor is in its method's file, and `SaliencyMethods.all` lists them. All other code takes what differs
/// between methods from their descriptors.
public struct MethodDescriptor: Sendable {
    /// The kind of a method's result, and the factory of the method. Settings that are nil have the method's defaults.
    public enum Family: Sendable {
        /// A share of the answer for every sample, `[T, H, W, C]`, which can be averaged over noisy copies.
        case attribution(@Sendable (MethodSettings) -> any AttributionMethod)
        /// A map `[T, H, W]`.
        case map(@Sendable (MethodSettings) -> any SaliencyMethod)
        /// A map that is computed from the map of another method, `MethodParameters.attribution`, whose settings apply
        /// too.
        case overMap(@Sendable (_ base: any SaliencyMethod, MethodSettings) -> any SaliencyMethod)
    }

    /// The name in commands, configuration and records: `guided-backprop`.
    public let name: String
    /// For display: "Guided backpropagation".
    public let title: String
    /// The publication.
    public let source: String
    /// The page in `docs/methods`, without its extension.
    public let page: String
    public let family: Family
    /// Whether the sign of its shares or maps distinguishes evidence for the target from evidence against it.
    public let hasSigns: Bool
    /// Whether its only forward pass is that of the unchanged clip, which methods share by
    /// `EngineSession.reusesForward`.
    public let reusesForward: Bool
    /// Whether each of its passes changes only a few frames of the clip, so that a session with `keepsOverlap` computes
    /// less. The number of its passes is limited only by the size of the changed part.
    public let changesFewFrames: Bool

    private let ownSteps: Int?
    private let ownSettings: [MethodSetting]
    private let ownCost: @Sendable (MethodSettings, ClipShape) -> PassCount

    /// - Parameters:
    ///   - name: in commands, configuration and records.
    ///   - title: for display.
    ///   - source: the publication.
    ///   - page: in `docs/methods`, without its extension.
    ///   - family: the kind of its result, and its factory.
    ///   - steps: the default number of steps on its path; nil if it has no path.
    ///   - settings: the settings it has besides `steps` and, for attributions, those of noise.
    ///   - hasSigns: whether signs distinguish evidence for the target from evidence against it.
    ///   - reusesForward: whether its only forward pass is that of the unchanged clip.
    ///   - changesFewFrames: whether each of its passes changes only a few frames of the clip.
    ///   - cost: the maximum for one window and one target without noise; ignored for `overMap`, which costs what its
    ///     base does.
    public init(
        name: String, title: String, source: String, page: String, family: Family, steps: Int? = nil,
        settings: [MethodSetting] = [], hasSigns: Bool = false, reusesForward: Bool = false,
        changesFewFrames: Bool = false,
        cost: @escaping @Sendable (MethodSettings, ClipShape) -> PassCount = { _, _ in
            PassCount(forward: 1, backward: 1)
        }
    ) {
        self.name = name
        self.title = title
        self.source = source
        self.page = page
        self.family = family
        self.hasSigns = hasSigns
        self.reusesForward = reusesForward
        self.changesFewFrames = changesFewFrames
        ownSteps = steps
        ownSettings = settings + (steps == nil ? [] : [.steps])
        ownCost = cost
    }

    /// Whether it gives every sample a share, which can be averaged over noisy copies.
    public var isAttribution: Bool { if case .attribution = family { true } else { false } }

    private var isOverMap: Bool { if case .overMap = family { true } else { false } }

    /// The method that gives pixels their values: for a method over another's map that other method, otherwise itself.
    public func attributed(with settings: MethodSettings = MethodSettings()) -> MethodDescriptor {
        guard isOverMap else { return self }
        let chosen = settings.parameters.attribution ?? .standardAttribution
        // A method over another's map cannot be the base of one.
        return chosen.isOverMap ? .standardAttribution : chosen
    }

    /// The default number of steps on its path; nil if it has no path.
    public var standardSteps: Int? { attributed().ownSteps }

    /// Whether the method has a setting.
    ///
    /// - Parameters:
    ///   - setting: the setting in question.
    ///   - settings: contain the base of a method over another's map.
    public func takes(_ setting: MethodSetting, with settings: MethodSettings = MethodSettings()) -> Bool {
        if MethodSetting.noise.contains(setting) { return isAttribution }
        return ownSettings.contains(setting) || isOverMap && attributed(with: settings).ownSettings.contains(setting)
    }

    /// Why a setting cannot be combined with the method and the other settings, as the part of a sentence after the
    /// setting's name; nil if it can.
    public func problem(of setting: MethodSetting, in settings: MethodSettings) -> String? {
        guard setting.isSet(in: settings) else { return nil }
        if setting == .noiseSpread, settings.smoothSamples == 0 { return "is for smooth copies, and there are none" }
        // Without noise these have no effect.
        if setting == .noiseAverage || setting == .seed { return nil }
        guard takes(setting, with: settings) else {
            let subject = MethodSetting.noise.contains(setting) ? self : attributed(with: settings)
            return "is for \(SaliencyMethods.taking(setting).names), not \(subject.name)"
        }
        return setting.problem(in: settings)
    }

    /// The method with these settings.
    public func method(with settings: MethodSettings) -> any SaliencyMethod {
        switch family {
        case .attribution(let make):
            guard settings.smoothSamples > 0 else { return make(settings) }
            return SmoothGrad(
                make(settings), copies: settings.smoothSamples,
                noise: Float(settings.parameters.noiseSpread ?? SmoothGrad.standardNoise),
                average: settings.noiseAverage, seed: settings.seed)
        case .map(let make):
            return make(settings)
        case .overMap(let make):
            return make(attributed(with: settings).method(with: settings), settings)
        }
    }

    /// The maximum number of passes for one target of one window.
    public func cost(with settings: MethodSettings, shape: ClipShape) -> PassCount {
        let base = attributed(with: settings)
        let cost = base.ownCost(settings, shape)
        let copies = settings.smoothSamples
        guard copies > 0, base.isAttribution else { return cost }
        // One more forward pass is for the clip without noise.
        return PassCount(forward: 1 + copies * cost.forward, backward: copies * cost.backward)
    }
}

extension MethodDescriptor: RawRepresentable, CaseIterable, Hashable, Codable, CustomStringConvertible {
    public static var allCases: [MethodDescriptor] { SaliencyMethods.all }

    public var rawValue: String { name }
    public var description: String { name }

    /// The method of that name; nil if there is none.
    public init?(rawValue: String) {
        guard let known = SaliencyMethods.all.first(where: { $0.name == rawValue }) else { return nil }
        self = known
    }

    public static func == (first: Self, second: Self) -> Bool { first.name == second.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension [MethodDescriptor] {
    /// The methods' names in a sentence: "grad-cam, hires-cam and guided-grad-cam".
    public var names: String {
        guard let last else { return "" }
        return count == 1 ? last.name : "\(dropLast().map(\.name).joined(separator: ", ")) and \(last.name)"
    }
}
