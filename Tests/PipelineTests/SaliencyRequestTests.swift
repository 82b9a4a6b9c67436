import Engine
import Testing

@testable import Pipeline

/// Which settings can be combined, and how records describe them.
@Suite struct SaliencyRequestTests {
    private static func parameters(_ change: (inout MethodParameters) -> Void) -> MethodParameters {
        var parameters = MethodParameters()
        change(&parameters)
        return parameters
    }

    @Test(
        "Settings that cannot be combined are named",
        arguments: [
            (SaliencyRequest(method: .gradCAM, smoothSamples: 3), "smooth"),
            (SaliencyRequest(method: .gradient, steps: 3), "steps"),
            (SaliencyRequest(method: .gradient, baseline: .mean), "baseline"),
            (SaliencyRequest(method: .gradient, smoothSamples: 3, sign: .signed), "sign"),
            (SaliencyRequest(method: .gradCAM, sign: .signed), "sign"),
            (SaliencyRequest(method: .gradient, parameters: parameters { $0.endpoint = "Mixed_4f" }), "endpoint"),
            (SaliencyRequest(method: .gradCAM, parameters: parameters { $0.endpoint = "Mixed_4g" }), "endpoint"),
            (SaliencyRequest(parameters: parameters { $0.box = Occlusion.Box(text: "1,1,1") }), "box"),
            (SaliencyRequest(parameters: parameters { $0.boxStride = Occlusion.Box(text: "1,1,1") }), "box-stride"),
            (SaliencyRequest(parameters: parameters { $0.fill = .black }), "fill"),
            (SaliencyRequest(parameters: parameters { $0.attribution = .gradient }), "attribution"),
            (SaliencyRequest(method: .xrai, parameters: parameters { $0.attribution = .xrai }), "attribution"),
            (SaliencyRequest(method: .xrai, steps: 9, parameters: parameters { $0.attribution = .gradient }), "steps"),
            (SaliencyRequest(parameters: parameters { $0.regions = .fast }), "regions"),
            (SaliencyRequest(method: .guidedIG, parameters: parameters { $0.quadrature = .pair }), "quadrature"),
            (SaliencyRequest(parameters: parameters { $0.noiseSpread = 0.1 }), "noise-spread"),
            (
                SaliencyRequest(method: .gradient, smoothSamples: 2, parameters: parameters { $0.noiseSpread = .nan }),
                "noise-spread"
            ),
            (SaliencyRequest(method: .blurIG, parameters: parameters { $0.fraction = 0.1 }), "fraction"),
            (SaliencyRequest(method: .guidedIG, parameters: parameters { $0.maxDistance = 2 }), "max-distance"),
            (SaliencyRequest(method: .blurIGTime, parameters: parameters { $0.maxSigma = 0 }), "max-sigma"),
            (SaliencyRequest(method: .gradient, smoothSamples: 1001), "smooth"),
            (SaliencyRequest(method: .integratedGradients, steps: 1), "steps"),
            (SaliencyRequest(method: .xrai, smoothSamples: 2), "smooth"),
        ])
    func problems(_ request: SaliencyRequest, _ setting: String) async throws {
        #expect(request.problem?.setting == setting)
        let model = try await TinyModel.load()
        #expect(throws: ModelError.self) {
            _ = try Explainer(model: model, request: request, threads: 1, memoryLimit: .max)
        }
    }

    @Test("All methods that a setting applies to are listed")
    func sentences() {
        func reason(_ request: SaliencyRequest) -> String? { request.problem?.reason }
        #expect(
            reason(SaliencyRequest(method: .gradient, steps: 3))
                == "is for integrated-gradients, guided-ig, blur-ig, blur-ig-time and xrai, not gradient")
        #expect(
            reason(SaliencyRequest(method: .gradCAM, baseline: .mean))
                == "is for integrated-gradients, guided-ig and xrai, not grad-cam")
        #expect(
            reason(SaliencyRequest(method: .guidedBackprop, parameters: Self.parameters { $0.endpoint = "Mixed_4f" }))
                == "is for grad-cam, hires-cam and guided-grad-cam, not guided-backprop")
        #expect(
            reason(SaliencyRequest(method: .gradient, smoothSamples: -1))
                == "has to be a whole number from 0 to 1000, not -1")
        #expect(
            reason(SaliencyRequest(method: .blurIG, parameters: Self.parameters { $0.maxSigma = 2000 }))
                == "has to be a number from 0.1 to 1000, not 2000.0")
        #expect(
            reason(SaliencyRequest(method: .gradCAM, parameters: Self.parameters { $0.endpoint = "Mixed_5cc" }))?
                .contains("Mixed_5c, not Mixed_5cc; did you mean Mixed_5c") == true)
    }

    @Test("A label names every setting that differs from the method's default")
    func labels() {
        func label(_ request: SaliencyRequest) -> String { request.label }
        #expect(
            label(SaliencyRequest(method: .integratedGradients, steps: 25, baseline: .black)) == "integrated-gradients")
        #expect(
            label(
                SaliencyRequest(
                    method: .guidedIG, smoothSamples: 3, noiseAverage: .mean, steps: 50, baseline: .mean, sign: .signed,
                    parameters: Self.parameters {
                        $0.fraction = 0.5
                        $0.maxDistance = 0.02
                    }))
                == "guided-ig, smooth 3 mean, steps 50, baseline mean, fraction 0.5, signed")
        #expect(
            label(
                SaliencyRequest(
                    method: .xrai, parameters: Self.parameters { ($0.attribution, $0.regions) = (.gradient, .fast) }))
                == "xrai, attribution gradient, regions fast")
        #expect(
            label(SaliencyRequest(method: .gradCAM, parameters: Self.parameters { $0.endpoint = "Mixed_5c" }))
                == "grad-cam, Mixed_5c")
    }

    @Test("Every method accepts its own settings, and records name them", arguments: SaliencyRequest.Method.allCases)
    func standard(_ method: SaliencyRequest.Method) {
        let request = SaliencyRequest(method: method)
        #expect(request.problem == nil)
        let used = request.usedParameters
        #expect(used?.endpoint == (method.takes(.endpoint) ? "Mixed_5c" : nil))
        #expect(used?.box == (method == .occlusion ? .init(frames: 16, height: 56, width: 56) : nil))
        #expect(used?.regions == (method == .xrai ? .full : nil))
        #expect(used?.attribution == (method == .xrai ? .integratedGradients : nil))
        #expect(used?.quadrature == (request.attributed == .integratedGradients ? .trapezoid : nil))
        #expect(used?.fraction == (method == .guidedIG ? 0.25 : nil))
    }

    @Test func parametersArePassedToTheMethod() throws {
        var request = SaliencyRequest(
            method: .xrai,
            parameters: Self.parameters {
                $0.attribution = .occlusion
                $0.box = Occlusion.Box(text: "4,8,8")
                $0.boxStride = Occlusion.Box(text: "2,4,4")
                $0.fill = .black
                $0.regions = .fast
            })
        let xrai = try #require(request.engineMethod as? XRAI)
        #expect(xrai.algorithm == .fast)
        let occlusion = try #require(xrai.base as? Occlusion)
        #expect(occlusion.box == .init(frames: 4, height: 8, width: 8) && occlusion.fill == .black)
        #expect(occlusion.stride == .init(frames: 2, height: 4, width: 4))
        request = SaliencyRequest(method: .hiResCAM, parameters: Self.parameters { $0.endpoint = "Mixed_4f" })
        #expect((request.engineMethod as? HiResCAM)?.endpoint == "Mixed_4f")
        request = SaliencyRequest(
            method: .guidedIG, smoothSamples: 2,
            parameters: Self.parameters {
                $0.noiseSpread = 0.25
                $0.fraction = 0.5
                $0.maxDistance = 1
            })
        let smooth = try #require(request.engineMethod as? SmoothGrad)
        #expect(smooth.noise == 0.25)
        let guided = try #require(smooth.base as? GuidedIntegratedGradients)
        #expect(guided.fraction == 0.5 && guided.maximumDistance == 1)
        request = SaliencyRequest(
            method: .integratedGradients, parameters: Self.parameters { $0.quadrature = .pair })
        #expect((request.engineMethod as? IntegratedGradients)?.quadrature == .pair)
        request.parameters.quadrature = nil
        #expect((request.engineMethod as? IntegratedGradients)?.quadrature == .trapezoid)
        request = SaliencyRequest(method: .blurIGTime, parameters: Self.parameters { $0.maxSigma = 7 })
        #expect((request.engineMethod as? BlurIntegratedGradients)?.maximumSigma == 7)
    }

    @Test("Captions name what is explained")
    func captions() {
        func caption(_ target: ResolvedTarget) -> String {
            Explanation(
                logits: [1, 1, 0], target: target, map: SaliencyMap(frames: 1, height: 1, width: 1, values: [0]),
                method: "", cost: PassCount()
            ).caption(labels: ["walking", "running"])
        }
        #expect(caption(ResolvedTarget(index: 0)) == "walking 42 %")
        #expect(caption(ResolvedTarget(index: 0, contrast: 2)) == "walking 42 % against class 2 16 %")
        #expect(caption(ResolvedTarget(index: 1, isLogProbability: true)) == "log-probability of running 42 %")
    }

    @Test func targetsHaveDistinctNames() {
        #expect(
            TargetNames.names(["top1", "moving right", "Moving/Right", "contrast:a,top1", "...", "12"])
                == ["top1", "moving-right", "moving-right-2", "contrast-a-top1", "target", "12"])
        #expect(TargetNames.path("a.b/raw.npy", for: "top1") == "a.b/raw_top1.npy")
        #expect(TargetNames.path("a.b/raw", for: "top1") == "a.b/raw_top1")
        #expect(TargetNames.path("raw.npy", for: nil) == "raw.npy")
    }
}
