import TestSupport
import Testing

@testable import Engine

/// The methods compared with Captum and the PAIR package's own functions on the tiny network in `Tests/Golden`
/// (`tools/golden/saliency_methods.py`).
@Suite("Agreement of methods with golden values")
struct MethodAgreementTests {
    /// As for one gradient (`GoldenAgreementTests`): about 60 layers, each with a relative rounding error below 1e-6;
    /// means of gradients, differences of clips and Gaussian weights add less than one layer does. No mask bit switches
    /// at the points of these paths; this holds on every machine, since the engine gives the same bytes everywhere.
    private static let bound = 2e-5

    private struct Fixture {
        let session: EngineSession
        let golden: [String: GoldenFile.Tensor]
        let target: Int

        init() throws {
            let network = try GoldenFile(path: GoldenMaterial.path("network/golden.safetensors")).tensors
            golden = try GoldenFile(path: GoldenMaterial.path("methods/golden.safetensors")).tensors
            let model = try GoldenNetwork.model(path: GoldenMaterial.path("network/model.safetensors"))
            let clip = try #require(network["clip"])
            session = try EngineSession(
                model: model,
                shape: ClipShape(
                    frames: clip.shape[0], height: clip.shape[1], width: clip.shape[2], channels: clip.shape[3]),
                pool: ThreadPool(threadCount: 2))
            try session.setBytes(clip.values.map { UInt8($0) })
            target = try #require(network["target"]?.values.first.map { Int($0) })
        }

        func values(_ name: String) throws -> [Float] { try #require(golden[name]).values }
    }

    static let methods: [(name: String, method: any AttributionMethod)] = [
        ("gradient-x-input", GradientTimesInput()),
        ("integrated-gradients", IntegratedGradients(steps: 5, quadrature: .pair)),
        ("integrated-gradients/blurred", IntegratedGradients(baseline: .blurred, steps: 3, quadrature: .pair)),
        ("smooth/mean", SmoothGrad(Gradient(), copies: 4, average: .mean, seed: 7)),
        ("smooth/squares", SmoothGrad(Gradient(), copies: 4, average: .squares, seed: 7)),
        ("smooth/variance", SmoothGrad(Gradient(), copies: 4, average: .variance, seed: 7)),
        ("guided-ig", GuidedIntegratedGradients(steps: 4, fraction: 0.25, maximumDistance: 0.1)),
        ("blur-ig", BlurIntegratedGradients(steps: 4, maximumSigma: 4)),
        ("blur-ig/sqrt", BlurIntegratedGradients(steps: 2, maximumSigma: 4, isSquareRoot: true)),
        ("blur-ig-time", BlurIntegratedGradients(axis: .time, steps: 3, maximumSigma: 2)),
    ]

    @Test("Shares, with and without signs", arguments: methods)
    func agreement(_ name: String, _ method: any AttributionMethod) throws {
        let fixture = try Fixture()
        let explanation = try method.explain(fixture.session, target: .index(fixture.target))
        let agreement = Agreement(explanation.signed ?? explanation.map.values, try fixture.values(name))
        #expect(agreement.isWithin(error: Self.bound), "\(name): \(agreement)")
        if let absolute = fixture.golden["\(name)/absolute"] {
            let agreement = Agreement(explanation.map.values, absolute.values)
            #expect(agreement.isWithin(error: Self.bound), "\(name), absolute: \(agreement)")
        }
    }

    @Test("Contrast and log-probability: the value and its gradient")
    func targets() throws {
        let fixture = try Fixture()
        let second = Int(try #require(try fixture.values("second").first))
        for (name, target) in [
            ("contrast", SaliencyTarget("contrast:top1,top1")),
            ("contrast", .contrast(.index(fixture.target), .index(second))),
            ("log-probability", SaliencyTarget("log-prob:top1")),
        ] {
            let explanation = try Gradient().explain(fixture.session, target: target)
            let agreement = Agreement(try #require(explanation.signed), try fixture.values(name))
            #expect(agreement.isWithin(error: Self.bound), "\(name): \(agreement)")
            let value = explanation.resolved.value(of: explanation.logits)
            let expected = Double(try #require(try fixture.values("\(name)/value").first))
            #expect((value - expected).magnitude < 1e-4)
        }
    }

    @Test("The noise agrees number by number")
    func noise() throws {
        var noise = GaussianNoise(seed: 7, copy: 1, frame: 2)
        let values = (0..<16).map { _ in Float(noise.next()) }
        #expect(Agreement(values, try Fixture().values("first-noise")).isWithin(error: 1e-6))
    }
}
