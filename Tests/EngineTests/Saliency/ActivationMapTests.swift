import TestSupport
import Testing

@testable import Engine

@Suite("Activation maps")
struct ActivationMapTests {
    /// Errors of activations and of gradients add up to twice the bound of either. In the positive part of a sum over
    /// channels terms cancel, in these maps to no less than a fifth.
    private static let bound = 2e-4

    @Test("Grad-CAM and HiRes-CAM agree with Captum at every endpoint")
    func agreement() throws {
        let golden = try SaliencyGolden()
        let session = try golden.session()
        for endpoint in golden.names(of: "grad_cam/") {
            for (name, method) in [
                ("grad_cam", GradCAM(endpoint: endpoint) as any SaliencyMethod),
                ("hires_cam", HiResCAM(endpoint: endpoint)),
            ] {
                let explanation = try method.explain(session, target: .index(golden.target))
                let agreement = Agreement(explanation.map.values, try golden.tensor("\(name)/\(endpoint)").values)
                #expect(agreement.isWithin(error: Self.bound, cosine: 0.9999), "\(name) \(endpoint): \(agreement)")
            }
        }
    }

    @Test("Guided Grad-CAM agrees with Captum's guided backpropagation times Grad-CAM")
    func guided() throws {
        let golden = try SaliencyGolden()
        let explanation = try GuidedGradCAM().explain(golden.session(), target: .index(golden.target))
        let agreement = Agreement(explanation.map.values, try golden.tensor("guided_grad_cam").values)
        #expect(agreement.isWithin(error: Self.bound, cosine: 0.9999), "\(agreement)")
    }

    /// After the last endpoint the network is linear.
    @Test("At the last endpoint, activation times gradient adds up to the logit without its bias")
    func completeness() throws {
        let golden = try SaliencyGolden()
        let session = try golden.session()
        let pass = try EndpointPass(
            session, endpoint: GradCAM.lastEndpoint, targets: [.index(golden.target)], control: RunControl())
        let gradient = try pass.gradient(session, of: pass.targets[0], control: RunControl())
        let file = try GoldenFile(path: GoldenMaterial.path("network/model.safetensors"))
        let bias = try #require(file.tensors[I3DArchitecture.logitsBiasName]).values[golden.target]
        let sum = pass.elementProducts(gradient).reduce(0, +)
        #expect((sum - (pass.logits[golden.target] - bias)).magnitude < 1e-5)
    }

    @Test("The architecture's endpoint names are those of sessions, in the same order")
    func endpointNames() throws {
        let names = try SaliencyGolden().session().endpointNames
        #expect(names.filter { !$0.contains("/") } == I3DArchitecture.endpointNames)
    }

    @Test("An unknown endpoint is reported before the network runs")
    func unknownEndpoint() throws {
        let session = try SaliencyGolden().session()
        var asked = 0
        let control = RunControl(isCancelled: {
            asked += 1
            return false
        })
        let error = #expect(throws: ModelError.self) {
            try GradCAM(endpoint: "Mixed_9z").explain(session, target: .top1, control: control)
        }
        #expect(error?.code == .invalidRequest)
        #expect(asked == 0)
    }
}
