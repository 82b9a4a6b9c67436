import Foundation
import TestSupport
import Testing

@testable import Engine

/// The engine compared with PyTorch for the trained Kinetics-400 network; the bounds are those of the design.
@Suite(
    "Agreement of the trained Kinetics network",
    .tags(.shared, .slow), .enabled(if: SharedMaterial.isPresent, "\(SharedMaterial.skipReason)"))
struct KineticsAgreementTests {
    private static let folder = "golden/i3d-kinetics"
    private static let logitsBound = 1e-4
    private static let guidedBound = 5e-3
    private static let gradientBound = 3e-2
    /// Activations and gradients at the last endpoint agree as well as logits; in the positive part of a sum over
    /// channels the error grows by as much as the terms cancel.
    private static let activationBound = 1e-3
    /// The golden maps contain every eighth frame.
    private static let frameStep = 8

    private func path(_ name: String) throws -> String {
        try #require(SharedMaterial.path("\(Self.folder)/\(name)"))
    }

    /// Only the vector variants; the scalar one gives the same bits and would take minutes.
    @Test(
        "Logits, gradient, guided gradient and activation map",
        arguments: [("cricket_shot", 64, "playing cricket"), ("arm_wrestling", 32, "arm wrestling")],
        InstructionSet.available.filter { $0 != .scalar })
    func clip(_ clip: (name: String, frames: Int, label: String), _ isa: InstructionSet) throws {
        let checkpoint = try Checkpoint.open(path("model.safetensors"))
        let model = try I3DModel(variables: checkpoint.load(), manifest: checkpoint.manifest)
        let shape = ClipShape(frames: clip.frames, height: 224, width: 224, channels: 3)
        let session = try EngineSession(
            model: model, shape: shape, pool: ThreadPool(threadCount: 2), instructionSet: isa)
        let file = try Data(contentsOf: URL(fileURLWithPath: path("\(clip.name).npy")))
        try session.setBytes([UInt8](file.suffix(shape.count)))
        let golden = try GoldenFile(path: path("\(clip.name).golden.safetensors")).tensors

        let logits = Agreement(try session.forward(), try #require(golden["logits"]).values)
        #expect(logits.isWithin(error: Self.logitsBound), "logits: \(logits)")
        let target = try #require(golden["target"]?.values.first.map { Int($0) })
        #expect(checkpoint.manifest.labels[target] == clip.label)
        for (name, rule, error, cosine) in [
            ("guided", GradientRule.guided, Self.guidedBound, 0.9999),
            ("vanilla", .gradient, Self.gradientBound, 0.9995),
        ] {
            try session.backward(target: target, rule: rule)
            let map = try session.absoluteGradient()
            let plane = shape.height * shape.width
            let frames = stride(from: 0, to: shape.frames, by: Self.frameStep)
                .flatMap { map[$0 * plane..<($0 + 1) * plane] }
            let agreement = Agreement(frames, try #require(golden[name]).values)
            #expect(agreement.isWithin(error: error, cosine: cosine), "\(name): \(agreement)")
        }
        let pass = try EndpointPass(
            session, endpoint: GradCAM.lastEndpoint, targets: [.index(target)], control: RunControl())
        let gradient = try pass.gradient(session, of: pass.targets[0], control: RunControl())
        let activation = Agreement(
            pass.channelWeighted(gradient).map { max($0, 0) }, try #require(golden["grad_cam_mixed_5c"]).values)
        #expect(activation.isWithin(error: Self.activationBound, cosine: 0.9999), "grad_cam: \(activation)")
    }
}
