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

        /// As settings of a method; those that a method does not take are not used.
        var settings: MethodSettings {
            SaliencyRequest(
                smoothSamples: smooth, noiseAverage: noiseAverage, seed: seed, steps: steps, baseline: baseline
            ).settings
        }
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
        guard requests.count <= CompareRequest.maximumMethods else {
            throw ValidationError(
                "--methods takes up to \(CompareRequest.maximumMethods) methods, not \(requests.count)")
        }
        for setting in [MethodSetting.smooth, .steps, .baseline] where setting.isSet(in: common.settings) {
            guard requests.contains(where: { $0.takes(setting) }) else {
                throw ValidationError("--\(setting.key) is for none of the methods named")
            }
        }
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
        var request = SaliencyRequest(method: method, target: common.target)
        var named: [String] = []
        for part in parts.dropFirst() {
            let setting = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try set(setting[0], setting.count > 1 ? setting[1] : "", of: &request)
            named.append(setting[0])
        }
        // Known only now: what a method over another's map takes depends on that other one.
        for setting in settings where named.contains(setting.key) && !request.takes(setting) {
            throw ValidationError("--methods: \(method.name) has no \(setting.key)")
        }
        for setting in MethodSetting.shared where !named.contains(setting.key) {
            guard request.takes(setting) || setting == .seed || setting == .noiseAverage else { continue }
            setting.copy(from: common.settings, into: &request.settings)
        }
        // Some averages over noisy copies have no signs.
        if !named.contains("sign"), request.hasSigns { request.sign = common.sign }
        if let problem = request.problem { throw ValidationError("\(problem.setting) \(problem.reason)") }
        return request
    }

    private static func set(
        _ name: String, _ value: String, of request: inout SaliencyRequest
    ) throws(ValidationError) {
        let method = request.method.name
        if name == "sign" {
            guard let sign = HeatSign(rawValue: value) else {
                let words = HeatSign.allCases.map(\.rawValue).joined(separator: " or ")
                throw ValidationError("--methods: sign of \(method) has to be \(words), not \(value)")
            }
            request.sign = sign
            return
        }
        guard let setting = settings.first(where: { $0.key == name }) else {
            let names = settings.map(\.key) + ["sign"]
            throw ValidationError(
                "--methods: '\(name)' after \(method) is not a setting\(NearMisses.hint(name, in: names)); there are \(names.joined(separator: ", "))"
            )
        }
        if let reason = setting.read(value, into: &request.settings) {
            throw ValidationError("--methods: \(name) of \(method) \(reason)")
        }
    }

    /// What can follow a name: not the seed, which all methods share, and nothing that is written with commas.
    static let settings = MethodSetting.all.filter { $0 != .seed && $0 != .box && $0 != .boxStride }
}
