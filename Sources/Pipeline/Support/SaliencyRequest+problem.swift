import Engine

extension SaliencyRequest {
    /// A setting that does not go with the others.
    public struct Problem: Sendable, Equatable {
        /// As options and the configuration call it.
        public var setting: String
        /// What follows the setting's name in a sentence.
        public var reason: String
    }

    /// The first of the request's settings that does not go with its method; nil if there is none.
    public var problem: Problem? {
        func problem(_ setting: String, _ reason: String) -> Problem { Problem(setting: setting, reason: reason) }
        if smoothSamples > 0, !method.isAttribution {
            return problem("smooth", "is for methods that give every sample a share, not \(method.rawValue)")
        }
        if steps != nil, method.standardSteps == nil {
            return problem("steps", "is for methods with a path; \(method.rawValue) has none")
        }
        if baseline != .black, !method.hasBaseline {
            return problem("baseline", "is for integrated-gradients, guided-ig and xrai, not \(method.rawValue)")
        }
        if sign == .signed, !hasSigns { return problem("sign", "cannot be signed: \(Self.signless(self))") }
        return nil
    }

    /// Why a request has no signs.
    private static func signless(_ request: SaliencyRequest) -> String {
        request.method.isAttribution && request.method != .guidedBackprop
            ? "averages of \(request.noiseAverage.rawValue) have no signs; noise-average mean has"
            : "\(request.method.rawValue) has no signs"
    }
}
