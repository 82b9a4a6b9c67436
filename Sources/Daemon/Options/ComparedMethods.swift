import ArgumentParser
import Encode
import Engine
import Pipeline

/// `--methods`: names separated by commas, each with settings of its own behind colons, as in
/// `gradient,gradient:smooth=20,integrated-gradients:baseline=mean`.
struct ComparedMethods {
    /// What applies to every method that has it and does not say otherwise.
    struct Common {
        var smooth = 0
        var noiseAverage: NoiseAverage = .squares
        var seed: UInt64 = 1
        var steps: Int?
        var baseline = SaliencyRequest().baseline
        var target = "top1"
        var sign: HeatSign = .absolute
    }

    let requests: [SaliencyRequest]

    /// - Throws: `ValidationError` that names what is wrong and what there is.
    init(_ text: String, common: Common = Common()) throws(ValidationError) {
        var requests: [SaliencyRequest] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let request = try Self.request(String(part), common)
            guard !requests.contains(where: { $0.label == request.label }) else {
                throw ValidationError("--methods names \(request.label) twice")
            }
            requests.append(request)
        }
        guard requests.count <= CompareRequest.mostMethods else {
            throw ValidationError(
                "--methods takes up to \(CompareRequest.mostMethods) methods, not \(requests.count)")
        }
        func demand(_ option: String, _ isGiven: Bool, _ has: (SaliencyRequest.Method) -> Bool) throws(ValidationError)
        {
            guard isGiven, !requests.contains(where: { has($0.method) }) else { return }
            throw ValidationError("\(option) is for none of the methods named")
        }
        try demand("--smooth", common.smooth > 0, \.isAttribution)
        try demand("--steps", common.steps != nil) { $0.standardSteps != nil }
        try demand("--baseline", common.baseline != .black, \.hasBaseline)
        if common.sign == .signed, !requests.contains(where: \.hasSigns) {
            throw ValidationError("--sign signed is for none of the methods named")
        }
        self.requests = requests
    }

    /// Names in a list that are no method's.
    static func unknown(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.prefix { $0 != ":" }) }.filter { SaliencyRequest.Method(rawValue: $0) == nil }
    }

    private static func request(_ text: String, _ common: Common) throws(ValidationError) -> SaliencyRequest {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let method = SaliencyRequest.Method(rawValue: parts[0]) else {
            throw ValidationError("--methods: \(SaliencyRequest.Method.missing(parts[0]))")
        }
        var request = SaliencyRequest(
            method: method, smoothSamples: method.isAttribution ? common.smooth : 0,
            noiseAverage: common.noiseAverage, seed: common.seed,
            steps: method.standardSteps == nil ? nil : common.steps, target: common.target)
        if method.hasBaseline { request.baseline = common.baseline }
        var named: Set<String> = []
        for part in parts.dropFirst() {
            let setting = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try set(setting[0], setting.count > 1 ? setting[1] : "", of: &request)
            named.insert(setting[0])
        }
        // Known only now: some averages over noisy copies have no signs.
        if !named.contains("sign"), request.hasSigns { request.sign = common.sign }
        try check(request)
        return request
    }

    private static func set(
        _ name: String, _ value: String, of request: inout SaliencyRequest
    ) throws(ValidationError) {
        let method = request.method.rawValue
        let isTaken: Bool
        switch name {
        case "smooth" where request.method.isAttribution:
            isTaken = Int(value).map { request.smoothSamples = $0 } != nil
        case "noise-average" where request.method.isAttribution:
            isTaken = take(value, &request.noiseAverage)
        case "steps" where request.method.standardSteps != nil:
            isTaken = Int(value).map { request.steps = $0 } != nil
        case "baseline" where request.method.hasBaseline:
            isTaken = take(value, &request.baseline)
        case "quadrature" where request.attributed == .integratedGradients:
            guard let known = PathQuadrature(rawValue: value) else {
                throw ValidationError("--methods: '\(value)' is no quadrature for \(method)")
            }
            request.parameters.quadrature = known
            isTaken = true
        case "endpoint" where request.method.hasEndpoint:
            request.parameters.endpoint = value
            isTaken = true
        case "sign":
            isTaken = take(value, &request.sign)
        case "smooth", "noise-average", "steps", "baseline", "quadrature", "endpoint":
            throw ValidationError("--methods: \(method) has no \(name)")
        default:
            throw ValidationError(
                "--methods: '\(name)' behind \(method) is no setting\(NearMisses.hint(name, in: settings)); there are \(settings.joined(separator: ", "))"
            )
        }
        guard isTaken else { throw ValidationError("--methods: '\(value)' is no \(name) for \(method)") }
    }

    private static let settings = ["smooth", "noise-average", "steps", "baseline", "quadrature", "endpoint", "sign"]

    /// False for a word that is none of the setting's.
    private static func take<Setting: RawRepresentable<String>>(_ value: String, _ setting: inout Setting) -> Bool {
        guard let known = Setting(rawValue: value) else { return false }
        setting = known
        return true
    }

    private static func check(_ request: SaliencyRequest) throws(ValidationError) {
        guard (0...1000).contains(request.smoothSamples) else {
            throw ValidationError("smooth is 0 to 1000, not \(request.smoothSamples)")
        }
        let range = SaliencyRequest.stepsRange
        if let steps = request.steps, !range.contains(steps) {
            throw ValidationError("steps are \(range.lowerBound) to \(range.upperBound), not \(steps)")
        }
        if let problem = request.problem { throw ValidationError("\(problem.setting) \(problem.reason)") }
    }
}
