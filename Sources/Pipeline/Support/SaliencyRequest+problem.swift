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
    public var problem: Problem? { problems.first }

    /// All of the request's settings that do not go with its method.
    public var problems: [Problem] {
        var found: [Problem] = []
        func note(_ setting: String, _ reason: String) { found.append(Problem(setting: setting, reason: reason)) }
        if smoothSamples > 0, !method.isAttribution {
            note("smooth", "is for methods that give every sample a share, not \(method.rawValue)")
        }
        if parameters.attribution == .xrai {
            note("attribution", "is any method but xrai")
        } else if parameters.attribution != nil, method != .xrai {
            note("attribution", only(["xrai"]))
        }
        if steps != nil, attributed.standardSteps == nil {
            note("steps", "is for methods with a path; \(attributed.rawValue) has none")
        }
        if baseline != .black, !attributed.hasBaseline {
            note("baseline", "is for integrated-gradients, guided-ig and xrai, not \(attributed.rawValue)")
        }
        if sign == .signed, !hasSigns { note("sign", "cannot be signed: \(Self.signless(self))") }
        return found + parameterProblems
    }

    private var parameterProblems: [Problem] {
        var found: [Problem] = []
        func note(_ setting: String, _ reason: String) { found.append(Problem(setting: setting, reason: reason)) }
        if let endpoint = parameters.endpoint {
            let known = I3DArchitecture.endpointNames
            if !attributed.hasEndpoint {
                note("endpoint", only(["grad-cam", "hires-cam", "guided-grad-cam"]))
            } else if !known.contains(endpoint) {
                let hint = NearMisses.hint(endpoint, in: known)
                note("endpoint", "is one of \(known.joined(separator: ", ")), not \(endpoint)\(hint)")
            }
        }
        for (setting, isSet) in [
            ("box", parameters.box != nil), ("box-stride", parameters.boxStride != nil),
            ("fill", parameters.fill != nil),
        ] where isSet && attributed != .occlusion {
            note(setting, only(["occlusion"]))
        }
        if parameters.regions != nil, method != .xrai { note("regions", only(["xrai"])) }
        if parameters.quadrature != nil, attributed != .integratedGradients {
            note("quadrature", only(["integrated-gradients"]))
        }
        if let spread = parameters.noiseSpread {
            if smoothSamples == 0 {
                note("noise-spread", "is for smooth copies, and there are none")
            } else if !(0...1).contains(spread) {
                note("noise-spread", "is 0 to 1, not \(spread)")
            }
        }
        for (setting, value) in [("fraction", parameters.fraction), ("max-distance", parameters.maxDistance)] {
            guard let value else { continue }
            if attributed != .guidedIG {
                note(setting, only(["guided-ig"]))
            } else if !(0...1).contains(value) {
                note(setting, "is 0 to 1, not \(value)")
            }
        }
        if let sigma = parameters.maxSigma {
            let range = MethodParameters.sigmaRange
            if attributed != .blurIG, attributed != .blurIGTime {
                note("max-sigma", only(["blur-ig", "blur-ig-time"]))
            } else if !range.contains(sigma) {
                note("max-sigma", "is \(range.lowerBound) to \(range.upperBound), not \(sigma)")
            }
        }
        return found
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
