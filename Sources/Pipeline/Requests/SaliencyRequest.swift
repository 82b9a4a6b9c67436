import Encode
import Engine

/// The target of an explanation, and the method.
@dynamicMemberLookup
public struct SaliencyRequest: Sendable, Equatable {
    public typealias Method = MethodDescriptor

    public var method: Method
    public var settings: MethodSettings
    /// "top1", a class index, a label, "contrast:A,B" or "log-prob:A".
    public var target: String
    /// The part of the map that is shown, by sign.
    public var sign: HeatSign

    public init(
        method: Method = SaliencyMethods.standard, smoothSamples: Int = 0, noiseAverage: NoiseAverage = .squares,
        seed: UInt64 = 1, steps: Int? = nil, baseline: ClipBaseline = .black, target: String = "top1",
        sign: HeatSign = .absolute, parameters: MethodParameters = MethodParameters()
    ) {
        self.method = method
        settings = MethodSettings()
        self.target = target
        self.sign = sign
        self.smoothSamples = smoothSamples
        self.noiseAverage = noiseAverage
        self.seed = seed
        self.steps = steps
        self.baseline = baseline
        self.parameters = parameters
    }

    /// The method's settings.
    public subscript<Value>(dynamicMember path: WritableKeyPath<MethodSettings, Value>) -> Value {
        get { settings[keyPath: path] }
        set { settings[keyPath: path] = newValue }
    }

    /// The method that computes the share of each pixel: XRAI's own attribution, otherwise the method itself.
    public var attributed: Method { method.attributed(with: settings) }

    /// Whether its explanations distinguish evidence for the target from evidence against it.
    public var hasSigns: Bool {
        method.hasSigns && (!method.isAttribution || settings.smoothSamples == 0 || settings.noiseAverage == .mean)
    }

    /// Whether the method uses a setting.
    public func takes(_ setting: MethodSetting) -> Bool { method.takes(setting, with: settings) }

    /// Whether the method needs only the forward pass of the unchanged clip, which methods of one session can share.
    var reusesForward: Bool { method.reusesForward && settings.smoothSamples == 0 }

    /// The engine's method for this request.
    var engineMethod: any SaliencyMethod { method.method(with: settings) }

    /// The average over noisy copies, if it was used, for records.
    var usedNoiseAverage: NoiseAverage? { settings.smoothSamples > 0 ? settings.noiseAverage : nil }
    var usedSteps: Int? { attributed.standardSteps.map { settings.steps ?? $0 } }
    var usedSign: HeatSign? { sign == .absolute ? nil : sign }
    var usedBaseline: ClipBaseline? { takes(.baseline) ? settings.baseline : nil }
    /// The effective parameters of the method, its own unless others are requested; nil if it has none.
    var usedParameters: MethodParameters? { settings.usedParameters(by: method) }

    /// The settings that differ from the defaults: "steps 50, baseline blurred"; nil if none do.
    var distinction: String? {
        var parts: [String] = []
        for setting in MethodSetting.all where takes(setting) && setting.isSet(in: settings) {
            guard let value = setting.text(in: settings) else { continue }
            switch setting {
            case .smooth:
                let average = settings.noiseAverage == .squares ? "" : " \(settings.noiseAverage.rawValue)"
                parts.append("smooth \(value)\(average)")
            // This is shown with the number of copies.
            case .noiseAverage: continue
            case .steps where settings.steps == attributed.standardSteps: continue
            case .endpoint: parts.append(value)
            default: if value != setting.standard { parts.append("\(setting.key) \(value)") }
            }
        }
        if let sign = usedSign { parts.append(sign.rawValue) }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The method and its distinguishing settings: "integrated-gradients, steps 50".
    public var label: String { [method.name, distinction].compactMap { $0 }.joined(separator: ", ") }

    /// A setting that cannot be combined with the others.
    public struct Problem: Sendable, Equatable {
        /// The setting's name in options and in the configuration.
        public var setting: String
        /// The part of a sentence after the setting's name.
        public var reason: String
    }

    /// The first of the request's settings that cannot be used with its method; nil if there is none.
    public var problem: Problem? { problems.first }

    /// All of the request's settings that cannot be used with its method.
    public var problems: [Problem] {
        var found = MethodSetting.all.compactMap { setting in
            method.problem(of: setting, in: settings).map { Problem(setting: setting.key, reason: $0) }
        }
        if sign == .signed, !hasSigns {
            let reason =
                method.hasSigns
                ? "averages of \(settings.noiseAverage.rawValue) have no signs; noise-average mean has"
                : "\(method.name) has no signs"
            found.append(Problem(setting: "sign", reason: "cannot be signed: \(reason)"))
        }
        return found
    }
}
