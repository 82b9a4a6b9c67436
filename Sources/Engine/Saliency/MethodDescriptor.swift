/// All that there is to know of a saliency method besides its code: what it is called, what can be set, what it costs, how it is made.
///
/// Each stands beside its method, and `SaliencyMethods.all` lists them; whatever differs from method to method is read from here.
public struct MethodDescriptor: Sendable {
    /// What a method computes, and with that how it is made. Settings that are nil are the method's own.
    public enum Family: Sendable {
        /// A share of the answer for every sample, `[T, H, W, C]`: noisy copies can be averaged over it.
        case attribution(@Sendable (MethodSettings) -> any AttributionMethod)
        /// A map `[T, H, W]`.
        case map(@Sendable (MethodSettings) -> any SaliencyMethod)
        /// A map that is made of another method's, `MethodParameters.attribution`, whose settings count too.
        case overMap(@Sendable (_ base: any SaliencyMethod, MethodSettings) -> any SaliencyMethod)
    }

    /// As users and records write it: `guided-backprop`.
    public let name: String
    /// For people: "Guided backpropagation".
    public let title: String
    /// Where it was published.
    public let source: String
    /// The page below `docs/methods`, without its ending.
    public let page: String
    public let family: Family
    /// Whether its shares or maps tell what speaks for the target from what speaks against it.
    public let hasSigns: Bool
    /// Whether it needs nothing but the unchanged clip's own forward pass, which `EngineSession.reusesForward` then shares.
    public let reusesForward: Bool
    /// Whether each of its passes changes a few frames of the clip only: a session that keeps the overlap computes less then. Nothing
    /// but the size of what is changed bounds the number of its passes.
    public let changesFewFrames: Bool

    private let ownSteps: Int?
    private let ownSettings: [MethodSetting]
    private let ownCost: @Sendable (MethodSettings, ClipShape) -> PassCount

    /// - Parameters:
    ///   - name: as users and records write it.
    ///   - title: for people.
    ///   - source: where it was published.
    ///   - page: below `docs/methods`, without its ending.
    ///   - family: what it computes, and how it is made of settings.
    ///   - steps: of its path unless others are set; nil where there is no path.
    ///   - settings: that it takes, besides `steps` and, of attributions, those of noise.
    ///   - hasSigns: whether it tells what speaks for the target from what speaks against it.
    ///   - reusesForward: whether it needs nothing but the unchanged clip's forward pass.
    ///   - changesFewFrames: whether each of its passes changes a few frames of the clip only.
    ///   - cost: at most, of one window and one target without noise; ignored for `overMap`, which costs what its base does.
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

    /// Whether it gives every sample a share, which noisy copies can be averaged over.
    public var isAttribution: Bool { if case .attribution = family { true } else { false } }

    private var isOverMap: Bool { if case .overMap = family { true } else { false } }

    /// The method that gives pixels their values: of one that works on another's map that other one, else itself.
    public func attributed(with settings: MethodSettings = MethodSettings()) -> MethodDescriptor {
        guard isOverMap else { return self }
        let chosen = settings.parameters.attribution ?? .standardAttribution
        // Nothing is cut into regions twice.
        return chosen.isOverMap ? .standardAttribution : chosen
    }

    /// The steps of its path unless others are set; nil where there is no path.
    public var standardSteps: Int? { attributed().ownSteps }

    /// Whether a setting has a meaning for it.
    ///
    /// - Parameters:
    ///   - setting: the setting in question.
    ///   - settings: say whose map it works on.
    public func takes(_ setting: MethodSetting, with settings: MethodSettings = MethodSettings()) -> Bool {
        if MethodSetting.noise.contains(setting) { return isAttribution }
        return ownSettings.contains(setting) || isOverMap && attributed(with: settings).ownSettings.contains(setting)
    }

    /// Why a setting does not go with the method and the other settings, as what follows its name in a sentence; nil if it does.
    public func problem(of setting: MethodSetting, in settings: MethodSettings) -> String? {
        guard setting.isSet(in: settings) else { return nil }
        if setting == .noiseSpread, settings.smoothSamples == 0 { return "is for smooth copies, and there are none" }
        // These change nothing where there is no noise.
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

    /// The passes that one target of one window takes, at most.
    public func cost(with settings: MethodSettings, shape: ClipShape) -> PassCount {
        let base = attributed(with: settings)
        let cost = base.ownCost(settings, shape)
        let copies = settings.smoothSamples
        guard copies > 0, base.isAttribution else { return cost }
        // The answer to the clip without noise is one more.
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
    /// Their names in a sentence: "grad-cam, hires-cam and guided-grad-cam".
    public var names: String {
        guard let last else { return "" }
        return count == 1 ? last.name : "\(dropLast().map(\.name).joined(separator: ", ")) and \(last.name)"
    }
}
