import ArgumentParser
import Encode
import Engine
import Pipeline

/// `--methods`: names separated by commas, each followed by its own settings, which begin with colons, as in
/// `gradient,gradient:smooth=20,integrated-gradients:baseline=mean`.
struct ComparedMethods {
    /// The settings that apply to every method that has them, unless the method sets them itself.
    struct Common {
        var smooth = 0
        var noiseAverage: NoiseAverage = .squares
        var seed: UInt64 = 1
        var steps: Int?
        var baseline = SaliencyRequest().baseline
        var target = "top1"
        var sign: HeatSign = .absolute

        /// The same as settings of a method; those that a method does not have are ignored.
        var settings: MethodSettings {
            SaliencyRequest(
                smoothSamples: smooth, noiseAverage: noiseAverage, seed: seed, steps: steps, baseline: baseline
            ).settings
        }
    }

    let requests: [SaliencyRequest]

    /// - Throws: `ValidationError` that names the problem and the allowed values.
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

    /// The names in a list that are not methods.
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
        // This is checked last, because the settings of a method that works on another method's map depend on that
        // method.
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

    /// The settings that can follow a name: all except the seed, which the methods share, and those whose values
    /// contain commas.
    static let settings = MethodSetting.all.filter { $0 != .seed && $0 != .box && $0 != .boxStride }
}
