import TestSupport
import Testing

@testable import Engine

/// The engine compared with PyTorch for the tiny network in `Tests/Golden` (`tools/golden/make_golden.py`).
@Suite("Agreement with golden values")
struct GoldenAgreementTests {
    /// The bound: about 60 layers, each with a relative rounding error below 1e-6 (sums of at most 1029 products in
    /// blocks, u = 6e-8); no mask bit or maximum is close enough to switch.
    private static let bound = 2e-5

    @Test("Endpoints, logits, gradient and guided gradient", arguments: InstructionSet.available)
    func tinyNetwork(_ isa: InstructionSet) throws {
        let golden = try GoldenFile(path: GoldenMaterial.path("network/golden.safetensors")).tensors
        let model = try GoldenNetwork.model(path: GoldenMaterial.path("network/model.safetensors"))
        let clip = try #require(golden["clip"])
        let session = try EngineSession(
            model: model,
            shape: ClipShape(
                frames: clip.shape[0], height: clip.shape[1], width: clip.shape[2], channels: clip.shape[3]),
            pool: ThreadPool(threadCount: 2), instructionSet: isa)
        try session.setBytes(clip.values.map { UInt8($0) })
        try GoldenNetwork.check(
            session, golden, error: Self.bound,
            rules: [("gradient", .gradient, Self.bound), ("guided", .guided, Self.bound)])
    }
}

/// Helpers of golden tests.
enum GoldenNetwork {
    static func model(path: String) throws -> I3DModel {
        let file = try GoldenFile(path: path)
        let variables = ModelVariables(file.tensors.mapValues { .init(shape: $0.shape, values: $0.values) })
        let bias = try #require(variables[I3DArchitecture.logitsBiasName])
        let filters = try #require(variables[I3DArchitecture.filterName(I3DArchitecture.stem)])
        return try I3DModel(
            variables: variables,
            manifest: ModelManifest(name: "golden", classCount: bias.values.count, inputChannels: filters.shape[3]))
    }

    /// Checks endpoints and logits within `error`, and each gradient `[T, H, W, C]` or map `[T, H, W]` within its own
    /// bound.
    static func check(
        _ session: EngineSession, _ golden: [String: GoldenFile.Tensor], error: Double,
        rules: [(name: String, rule: GradientRule, error: Double)], cosine: Double = 0.9999, target: Int? = nil
    ) throws {
        let prefix = "endpoint/"
        let names = golden.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        let (logits, endpoints) = try session.forward(capturing: Set(names))
        for name in names {
            let expected = try #require(golden[prefix + name])
            #expect(endpoints[name]?.shape == expected.shape)
            let agreement = Agreement(endpoints[name]?.values ?? [], expected.values)
            #expect(agreement.isWithin(error: error), "\(name): \(agreement)")
        }
        let agreement = Agreement(logits, try #require(golden["logits"]).values)
        #expect(agreement.isWithin(error: error), "logits: \(agreement)")
        let index = try #require(golden["target"]).values.first.map { Int($0) }
        for (name, rule, error) in rules {
            let expected = try #require(golden[name])
            try session.backward(target: try #require(target ?? index), rule: rule)
            let result = expected.shape.count == 4 ? try session.gradient() : try session.absoluteGradient()
            let agreement = Agreement(result, expected.values)
            #expect(agreement.isWithin(error: error, cosine: cosine), "\(name): \(agreement)")
        }
    }
}

extension EngineSession {
    /// Sets all frames from `[T, H, W, C]`.
    func setBytes(_ bytes: [UInt8]) throws {
        for index in 0..<shape.frames {
            let frame = Array(bytes[index * shape.elementsPerFrame..<(index + 1) * shape.elementsPerFrame])
            try setFrame(index, bytes: frame.span)
        }
    }

    func setValues(_ values: [Float]) throws {
        for index in 0..<shape.frames {
            let frame = Array(values[index * shape.elementsPerFrame..<(index + 1) * shape.elementsPerFrame])
            try setFrame(index, values: frame.span)
        }
    }
}
