import Decode
import Engine
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// `explain` from the file to the written numbers, compared with the results of the original software.
@Suite(.tags(.shared, .slow), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
struct SharedExplainTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func shared(_ path: String) throws -> String {
        try #require(SharedMaterial.path(path))
    }

    /// The logits and the raw map that `explain` writes.
    private func explain(
        _ input: String, model: String, method: SaliencyRequest.Method, target: String = "top1",
        rate: SamplingRequest.Rate = .model
    ) async throws -> (logits: [Float], target: Int, map: [Float]) {
        let request = ExplainRequest(
            input: try shared(input), output: folder.file("out"), rawMap: folder.file("raw.npy"),
            sampling: SamplingRequest(rate: rate), saliency: SaliencyRequest(method: method, target: target))
        let result = try await ExplainJob(
            request: request, model: try await LoadedModel.load(path: try shared(model))
        ).run()
        let raw = try NumPyFile(folder.file("raw.npy"))
        return (result.logits, result.target.index, try raw.floats(rows: 0..<raw.rowCount))
    }

    /// Σ over channels of |gradient|, as the golden file contains the gradient itself.
    private func map(_ tensor: GoldenFile.Tensor) -> [Float] {
        guard tensor.shape.count == 4, let channels = tensor.shape.last else { return tensor.values }
        return stride(from: 0, to: tensor.values.count, by: channels).map { first in
            tensor.values[first..<first + channels].reduce(0) { $0 + abs($1) }
        }
    }

    /// The bounds of the design: logits 1e-4, guided maps 5e-3 and 0.9999, plain ones 3e-2 and 0.9995.
    @Test(arguments: [(SaliencyRequest.Method.guidedBackprop, "guided"), (.gradient, "vanilla")])
    func fullNetworkOnTheCricketShot(_ method: SaliencyRequest.Method, _ key: String) async throws {
        let golden = try GoldenFile(path: try shared("golden/i3d-full/golden.safetensors")).tensors
        let answer = try await explain(
            "media/cricket_shot.gif", model: "golden/i3d-full", method: method, rate: .native)
        #expect(Agreement(answer.logits, try #require(golden["logits"]).values).isWithin(error: 1e-4))
        #expect(answer.target == Int(try #require(golden["target"]).values[0]))
        let agreement = Agreement(answer.map, map(try #require(golden[key])))
        #expect(
            agreement.isWithin(
                error: method == .gradient ? 3e-2 : 5e-3, cosine: method == .gradient ? 0.9995 : 0.9999),
            "\(agreement)")
    }

    @Test(arguments: ["model.ckpt", "model.safetensors", "model_zip.pt", "model_legacy.pth", "model_nested.pt"])
    func smallNetworkFromEveryForm(_ form: String) async throws {
        let golden = try GoldenFile(path: try shared("golden/i3d-small/golden.safetensors")).tensors
        let answer = try await explain(
            "golden/i3d-small/clip.npy", model: "golden/i3d-small/\(form)", method: .guidedBackprop)
        #expect(Agreement(answer.logits, try #require(golden["logits"]).values).isWithin(error: 1e-4))
        let agreement = Agreement(answer.map, map(try #require(golden["guided"])))
        #expect(agreement.isWithin(error: 5e-3, cosine: 0.9999), "\(agreement)")
    }

    @Test func opticalFlow() async throws {
        let golden = try GoldenFile(path: try shared("golden/i3d-small/golden_flow.safetensors")).tensors
        let answer = try await explain(
            "golden/i3d-small/flow.npy", model: "golden/i3d-small/flow.ckpt", method: .guidedBackprop)
        #expect(Agreement(answer.logits, try #require(golden["logits"]).values).isWithin(error: 1e-4))
        let agreement = Agreement(answer.map, map(try #require(golden["guided"])))
        #expect(agreement.isWithin(error: 5e-3, cosine: 0.9999), "\(agreement)")
    }

    @Test func twoStreams() async throws {
        let golden = try GoldenFile(path: try shared("golden/i3d-small/golden_flow.safetensors")).tensors
        let request = ClassifyRequest(
            input: try shared("golden/i3d-small/clip.npy"), flow: try shared("golden/i3d-small/flow.npy"))
        let result = try await ClassifyJob(
            request: request, model: try await LoadedModel.load(path: try shared("golden/i3d-small/model.ckpt")),
            flowModel: try await LoadedModel.load(path: try shared("golden/i3d-small/flow.ckpt"))
        ).run()
        #expect(Agreement(result.logits, try #require(golden["joint_logits"]).values).isWithin(error: 1e-4))
        #expect(result.windows.count == 1)
    }
}
