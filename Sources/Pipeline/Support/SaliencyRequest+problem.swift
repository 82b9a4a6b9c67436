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
        if parameters.attribution != nil, method != .xrai { return problem("attribution", only(["xrai"])) }
        if parameters.attribution == .xrai { return problem("attribution", "is any method but xrai") }
        if steps != nil, attributed.standardSteps == nil {
            return problem("steps", "is for methods with a path; \(attributed.rawValue) has none")
        }
        if baseline != .black, !attributed.hasBaseline {
            return problem("baseline", "is for integrated-gradients, guided-ig and xrai, not \(attributed.rawValue)")
        }
        if sign == .signed, !hasSigns { return problem("sign", "cannot be signed: \(Self.signless(self))") }
        return parameterProblem
    }

    private var parameterProblem: Problem? {
        func problem(_ setting: String, _ reason: String) -> Problem { Problem(setting: setting, reason: reason) }
        if let endpoint = parameters.endpoint {
            guard attributed.hasEndpoint else {
                return problem("endpoint", only(["grad-cam", "hires-cam", "guided-grad-cam"]))
            }
            let known = I3DArchitecture.endpointNames
            guard known.contains(endpoint) else {
                return problem("endpoint", "is one of \(known.joined(separator: ", ")), not \(endpoint)")
            }
        }
        for (setting, isSet) in [
            ("box", parameters.box != nil), ("box-stride", parameters.boxStride != nil),
            ("fill", parameters.fill != nil),
        ] where isSet && attributed != .occlusion {
            return problem(setting, only(["occlusion"]))
        }
        if parameters.regions != nil, method != .xrai { return problem("regions", only(["xrai"])) }
        if parameters.quadrature != nil, attributed != .integratedGradients {
            return problem("quadrature", only(["integrated-gradients"]))
        }
        if let spread = parameters.noiseSpread {
            guard smoothSamples > 0 else { return problem("noise-spread", "is for smooth copies, and there are none") }
            guard (0...1).contains(spread) else { return problem("noise-spread", "is 0 to 1, not \(spread)") }
        }
        for (setting, value) in [("fraction", parameters.fraction), ("max-distance", parameters.maxDistance)] {
            guard let value else { continue }
            guard attributed == .guidedIG else { return problem(setting, only(["guided-ig"])) }
            guard (0...1).contains(value) else { return problem(setting, "is 0 to 1, not \(value)") }
        }
        if let sigma = parameters.maxSigma {
            guard attributed == .blurIG || attributed == .blurIGTime else {
                return problem("max-sigma", only(["blur-ig", "blur-ig-time"]))
            }
            let range = MethodParameters.sigmaRange
            guard range.contains(sigma) else {
                return problem("max-sigma", "is \(range.lowerBound) to \(range.upperBound), not \(sigma)")
            }
        }
        return nil
    }

    private func only(_ methods: [String]) -> String {
        "is for \(methods.joined(separator: ", ")), not \(attributed.rawValue)"
    }

    /// Why a request has no signs.
    private static func signless(_ request: SaliencyRequest) -> String {
        request.method.isAttribution && request.method != .guidedBackprop
            ? "averages of \(request.noiseAverage.rawValue) have no signs; noise-average mean has"
            : "\(request.method.rawValue) has no signs"
    }
}
