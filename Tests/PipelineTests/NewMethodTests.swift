import Decode
import Engine
import Testing

@testable import Pipeline

/// A method that is not in the list, built from the public API: everything a method needs to be run, recorded, compared
/// and refused.
@Suite struct NewMethodTests {
    /// The square of the gradient of every sample: the code of a method.
    private struct SquaredGradient: AttributionMethod {
        let factor: Float
        var name: String { MethodDescriptor.squaredGradient.name }

        func attributions(
            _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
        ) throws(ModelError) -> [SampleAttribution] {
            var found = try Gradient().attributions(session, logits: logits, targets: targets, control: control)
            for index in found.indices {
                found[index].values = found[index].values.map { $0 * $0 * factor }
                found[index].isSigned = false
            }
            return found
        }
    }

    fileprivate static func make(_ settings: MethodSettings) -> any AttributionMethod {
        SquaredGradient(factor: Float(settings.parameters.fraction ?? 1))
    }

    @Test("A descriptor is all that a method needs")
    func explained() async throws {
        let model = try await TinyModel.load()
        let frames = (0..<8).map { index in
            ClipFrame(
                pixels: .bytes((0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 * 7 + index * 31) }), width: 32,
                height: 32, channels: 3, sourceIndex: index, sourceTime: Double(index), isCorrupt: false)
        }
        let window = Window(
            index: 0, firstSample: 0, frames: frames, times: frames.map(\.sourceTime), paddedCount: 0,
            containsCorruption: false)
        func explain(_ request: SaliencyRequest) throws -> Explanation {
            try Explainer(model: model, request: request, threads: 1, memoryLimit: .max)
                .explain(window, control: RunControl())
        }
        var request = SaliencyRequest(method: .squaredGradient, target: "left")
        let whole = try explain(request)
        let gradient = try explain(SaliencyRequest(method: .gradient, target: "left"))
        #expect(whole.method == "squared-gradient" && whole.map.values.contains { $0 > 0 })
        #expect(whole.map != gradient.map && whole.logits == gradient.logits)
        #expect(whole.cost == request.method.cost(with: request.settings, shape: Self.shape))
        request.parameters.fraction = 0.5
        #expect(try explain(request).map.values == whole.map.values.map { $0 / 2 })
        #expect(request.label == "squared-gradient, fraction 0.5")
        #expect(request.usedParameters?.fraction == 0.5)
        request.smoothSamples = 2
        #expect(try explain(request).method == "smooth-squared-gradient")
        request.steps = 3
        #expect(request.problem?.setting == "steps")
        #expect(throws: ModelError.self) { try explain(request) }
        let signed = SaliencyRequest(method: .squaredGradient, sign: .signed)
        #expect(signed.problem?.reason == "cannot be signed: squared-gradient has no signs")
        var xrai = SaliencyRequest(method: .xrai)
        xrai.parameters.attribution = .squaredGradient
        #expect(try explain(xrai).method == "xrai")
    }

    private static let shape = ClipShape(frames: 8, height: 32, width: 32, channels: 3)
}

extension MethodDescriptor {
    fileprivate static let squaredGradient = MethodDescriptor(
        name: "squared-gradient", title: "Squared gradient", source: "this test", page: "gradients",
        family: .attribution { NewMethodTests.make($0) }, settings: [.fraction], reusesForward: true)
}
