import Foundation
import TestSupport
import Testing

@testable import Engine

/// The descriptors in the list of methods agree with the methods.
@Suite struct MethodRegistryTests {
    private func session() throws -> EngineSession {
        let session = try EngineSession(
            model: RandomNetwork.model(width: 1.0 / 24, labels: ["a", "b", "c", "d", "e"]),
            shape: ClipShape(frames: 4, height: 34, width: 33, channels: 3), pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 3)
        return session
    }

    @Test func namesAreUniqueAndFound() throws {
        let all = SaliencyMethods.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.title)).count == all.count)
        for method in all {
            #expect(MethodDescriptor(rawValue: method.name) == method)
            #expect(try JSONDecoder().decode([MethodDescriptor].self, from: JSONEncoder().encode([method])) == [method])
        }
        #expect(MethodDescriptor(rawValue: "tea-leaves") == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([MethodDescriptor].self, from: Data(#"["tea-leaves"]"#.utf8))
        }
    }

    @Test("A method has its descriptor's name and kind", arguments: SaliencyMethods.all)
    func made(_ method: MethodDescriptor) {
        let made = method.method(with: MethodSettings())
        #expect(made.name == method.name)
        #expect((made is any AttributionMethod) == method.isAttribution)
        var smooth = MethodSettings()
        smooth.smoothSamples = 3
        #expect((method.method(with: smooth) is SmoothGrad) == method.isAttribution)
        #expect(method.takes(.smooth) == method.isAttribution)
        #expect(method.takes(.steps) == (method.standardSteps != nil))
        #expect(method.problem(of: .steps, in: MethodSettings()) == nil)
    }

    @Test(
        "Methods with signs have signed maps, and those that reuse the forward pass add none",
        arguments: SaliencyMethods.all)
    func signsAndForward(_ method: MethodDescriptor) throws {
        let session = try session()
        session.reusesForward = true
        var settings = MethodSettings()
        if method.standardSteps != nil { settings.steps = 2 }
        _ = try session.forward()
        let reused = session.reusedPasses
        let explanation = try method.method(with: settings).explain(session, target: .top1)
        // Guided backpropagation has signed sums, but their signs have no meaning.
        #expect((explanation.signed != nil) == (method.hasSigns || method == .guidedBackprop))
        #expect((explanation.cost.forward == session.reusedPasses - reused) == method.reusesForward)
        #expect(explanation.cost == method.cost(with: settings, shape: session.shape))
    }

    @Test("Noise costs the passes of every copy, and one for the answer")
    func noise() throws {
        let session = try session()
        var settings = MethodSettings()
        (settings.smoothSamples, settings.steps) = (3, 2)
        for method in [MethodDescriptor.gradient, .integratedGradients, .guidedIG, .blurIG] {
            let explanation = try method.method(with: settings).explain(session, target: .top1)
            #expect(explanation.cost == method.cost(with: settings, shape: session.shape), "\(method.name)")
        }
    }

    @Test("Every setting reads its own text and refuses other values")
    func settings() throws {
        let values = [
            "smooth": "3", "noise-average": "variance", "steps": "40", "baseline": "first-frame", "seed": "7",
            "endpoint": "Mixed_4f", "box": "4,8,8", "box-stride": "2,4,4", "fill": "black", "attribution": "grad-cam",
            "regions": "fast", "quadrature": "pair", "noise-spread": "0.25", "fraction": "0.5", "max-distance": "0.125",
            "max-sigma": "12.5",
        ]
        #expect(Set(values.keys) == Set(MethodSetting.all.map(\.key)))
        #expect(Set(MethodSetting.all).count == MethodSetting.all.count)
        for setting in MethodSetting.all {
            var settings = MethodSettings()
            let value = try #require(values[setting.key])
            #expect(!setting.isSet(in: settings))
            #expect(setting.read(value, into: &settings) == nil)
            #expect(setting.isSet(in: settings) && setting.text(in: settings) == value)
            #expect(setting.problem(in: settings) == nil)
            #expect(settings.entries([setting]).map(\.value) == [value])
            let before = settings
            let reason = try #require(setting.read("-1", into: &settings), "\(setting.key)")
            #expect(reason.hasPrefix("has to be ") && reason.contains("not -1"), "\(reason)")
            #expect(settings == before)
            #expect(!setting.help.isEmpty && setting.help.hasSuffix("."))
            #expect(!SaliencyMethods.taking(setting).isEmpty || setting == .seed || setting == .noiseAverage)
            if let standard = setting.standard {
                var settings = MethodSettings()
                #expect(setting.read(standard, into: &settings) == nil, "\(setting.key)")
            }
        }
    }
}
