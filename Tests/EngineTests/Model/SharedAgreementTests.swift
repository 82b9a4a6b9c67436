import Foundation
import TestSupport
import Testing

@testable import Engine

/// The engine compared with the original software; the bounds are those of the design, as far as they are achievable.
@Suite(
    "Agreement with the shared golden values", .tags(.shared, .slow),
    .enabled(if: SharedMaterial.isPresent, "\(SharedMaterial.skipReason)"))
struct SharedAgreementTests {
    private static let logitsBound = 1e-4
    private static let guidedBound = 5e-3
    private static let gradientBound = 3e-2
    private static let flatBound = 1e-2
    private func session(
        _ path: String, _ shape: ClipShape, _ isa: InstructionSet = .preferred, _ memory: MemoryUse = .fast
    ) throws -> EngineSession {
        let checkpoint = try Checkpoint.open(try #require(SharedMaterial.path(path)))
        let model = try I3DModel(variables: checkpoint.load(), manifest: checkpoint.manifest, memory: memory)
        return try EngineSession(
            model: model, shape: shape, pool: ThreadPool(threadCount: 2), instructionSet: isa)
    }

    private func golden(_ path: String) throws -> [String: GoldenFile.Tensor] {
        try GoldenFile(path: try #require(SharedMaterial.path(path))).tensors
    }

    private func data(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: try #require(SharedMaterial.path(path))))
    }

    @Test(
        "Small network, from every checkpoint format",
        arguments: ["model.safetensors", "model.ckpt", "model_zip.pt", "model_legacy.pth", "model_nested.pt"])
    func small(_ form: String) throws {
        let shape = ClipShape(frames: 16, height: 112, width: 112, channels: 3)
        let session = try session("golden/i3d-small/\(form)", shape)
        try session.setBytes([UInt8](try data("golden/i3d-small/clip.npy").suffix(shape.count)))
        let golden = try golden("golden/i3d-small/golden.safetensors")
        try GoldenNetwork.check(
            session, golden, error: Self.logitsBound,
            rules: [("guided", .guided, Self.guidedBound), ("vanilla", .gradient, Self.gradientBound + 1e-2)],
            cosine: 0.999)
        // The design's bounds are for Σ|g| over channels.
        let target = try #require(golden["target"]?.values.first.map { Int($0) })
        for (name, index, rule, error, cosine) in [
            ("guided", target, GradientRule.guided, Self.guidedBound, 0.9999),
            ("guided_class5", 5, .guided, Self.guidedBound, 0.9999),
            ("vanilla", target, .gradient, Self.gradientBound, 0.9995),
        ] {
            let expected = try #require(golden[name]).values
            try session.backward(target: index, rule: rule)
            let sums = (0..<expected.count / 3).map { position in
                expected[3 * position..<3 * position + 3].reduce(0) { $0 + $1.magnitude }
            }
            let agreement = Agreement(try session.absoluteGradient(), sums)
            #expect(agreement.isWithin(error: error, cosine: cosine), "\(name): \(agreement)")
        }
    }

    @Test("Small network, optical flow")
    func flow() throws {
        let shape = ClipShape(frames: 16, height: 112, width: 112, channels: 2)
        let session = try session("golden/i3d-small/flow.ckpt", shape)
        let samples = try data("golden/i3d-small/flow.npy").suffix(shape.count * MemoryLayout<Float>.size)
        try session.setValues(Data(samples).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
        try GoldenNetwork.check(
            session, try golden("golden/i3d-small/golden_flow.safetensors"), error: Self.logitsBound,
            rules: [("guided", .guided, Self.guidedBound)])
    }

    /// Only the vector variants; the scalar one gives the same bits and would take minutes.
    @Test(
        "Full network, 64 frames of 224x224, on each vector instruction set, with much and little memory",
        arguments: InstructionSet.available.filter { $0 != .scalar }, MemoryUse.allCases)
    func full(_ isa: InstructionSet, _ memory: MemoryUse) throws {
        let shape = ClipShape(frames: 64, height: 224, width: 224, channels: 3)
        let source = try #require(SharedMaterial.path("media/cricket_shot.gif"))
        let frames = try MediaFactory.rgbFrames(source).prefix(shape.count)
        let session = try session("golden/i3d-full", shape, isa, memory)
        try session.setBytes([UInt8](frames))
        let golden = try golden("golden/i3d-full/golden.safetensors")
        try GoldenNetwork.check(
            session, golden, error: Self.logitsBound, rules: [("guided", .guided, Self.guidedBound)])
        try GoldenNetwork.check(
            session, golden, error: Self.logitsBound, rules: [("vanilla", .gradient, Self.gradientBound)],
            cosine: 0.9995)
    }

    /// The trained network on clips without content or motion, compared with double precision: exact ties in max-pools
    /// go to the first element, by definition.
    @Test(
        "Trained network, flat clips, on each vector instruction set, with much and little memory",
        .tags(.shared), .enabled(if: SharedMaterial.path("golden/i3d-kinetics/model.safetensors") != nil),
        arguments: MemoryUse.allCases)
    func flat(_ memory: MemoryUse) throws {
        let shape = ClipShape(frames: 16, height: 112, width: 112, channels: 3)
        let checkpoint = try Checkpoint.open(try #require(SharedMaterial.path("golden/i3d-kinetics/model.safetensors")))
        let model = try I3DModel(variables: checkpoint.load(), manifest: checkpoint.manifest, memory: memory)
        for name in ["flat_black", "flat_bars"] {
            let samples = [UInt8](try data("golden/i3d-kinetics/\(name).npy").suffix(shape.count))
            let golden = try golden("golden/i3d-kinetics/\(name).golden.safetensors")
            for isa in InstructionSet.available where isa != .scalar {
                let session = try EngineSession(
                    model: model, shape: shape, pool: ThreadPool(threadCount: 2), instructionSet: isa)
                try session.setBytes(samples)
                try GoldenNetwork.check(
                    session, golden, error: Self.logitsBound,
                    rules: [("guided", .guided, Self.flatBound), ("vanilla", .gradient, Self.flatBound)])
            }
        }
    }
}
