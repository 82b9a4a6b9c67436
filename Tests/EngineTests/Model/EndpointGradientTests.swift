import TestSupport
import Testing

@testable import Engine

@Suite("Gradients at endpoints")
struct EndpointGradientTests {
    private static let shape = ClipShape(frames: 5, height: 34, width: 33, channels: 3)

    private func session(width: Double, memory: MemoryUse = .fast, threads: Int = 2) throws -> EngineSession {
        let session = try EngineSession(
            model: RandomNetwork.model(width: width, memory: memory), shape: Self.shape,
            pool: ThreadPool(threadCount: threads))
        try session.fillRandomly(seed: 8)
        return session
    }

    private func seed(_ session: EngineSession, _ target: Int = 1) -> [Float] {
        (0..<session.model.classCount).map { $0 == target ? 1 : 0 }
    }

    /// The bound is that of the other golden gradients.
    @Test("Gradients agree with PyTorch's, before the endpoint's own masks", arguments: InstructionSet.available)
    func golden(_ isa: InstructionSet) throws {
        let golden = try SaliencyGolden()
        let session = try golden.session(isa: isa)
        _ = try session.forward()
        for rule in GradientRule.allCases {
            let names = golden.names(of: "\(rule.rawValue)/")
            #expect(names.count == 4)
            let gradients = try session.backward(
                seed: seed(session, golden.target), rule: rule, capturingGradientsAt: Set(names))
            for name in names {
                let expected = try golden.tensor("\(rule.rawValue)/\(name)")
                let gradient = try #require(gradients[name])
                #expect(gradient.shape == expected.shape)
                let agreement = Agreement(gradient.values, expected.values)
                #expect(agreement.isWithin(error: 2e-5), "\(rule) \(name): \(agreement)")
            }
        }
    }

    @Test(
        "Capturing endpoints does not change a bit of the clip's gradient", arguments: [1.0 / 24, 0.5],
        MemoryUse.allCases)
    func sameBytes(_ width: Double, _ memory: MemoryUse) throws {
        let session = try session(width: width, memory: memory)
        _ = try session.forward()
        for rule in GradientRule.allCases {
            try session.backward(target: 1, rule: rule)
            let gradient = try session.gradient().map(\.bitPattern)
            let names = Set(session.endpointNames)
            let captured = try session.backward(seed: seed(session), rule: rule, capturingGradientsAt: names)
            #expect(Set(captured.keys) == names)
            #expect(try session.gradient().map(\.bitPattern) == gradient)
            let alone = try session.backward(
                seed: seed(session), rule: rule, capturingGradientsAt: ["Mixed_4c"], stopsThere: true)
            #expect(alone["Mixed_4c"]?.values == captured["Mixed_4c"]?.values)
        }
    }

    /// Layers after an endpoint depend only on its activations, so that a small step of the clip moves the logit by the
    /// step of the activations times their gradient. The step follows the clip's own gradient, and is so small that few
    /// ReLUs and pools switch within it; an incomplete gradient has an error as large as itself.
    @Test("Finite differences, at every endpoint through which the whole answer passes")
    func finiteDifferences() throws {
        let session = try session(width: 1.0 / 8)
        let clip = session.clip()
        let names = Set(session.endpointNames)
        _ = try session.forward()
        let gradients = try session.backward(seed: seed(session), rule: .gradient, capturingGradientsAt: names)
        let direction = try session.gradient()
        let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // The root mean square of the step over all samples is 1e-5.
        let length = 1e-5 * Float(clip.count).squareRoot() / norm
        func moved(_ step: Float) throws -> (logits: [Float], endpoints: [String: ModelVariables.Variable]) {
            session.setClip(zip(clip, direction).map { $0 + step * $1 })
            return try session.forward(capturing: names)
        }
        let (ahead, behind) = (try moved(length), try moved(-length))
        let change = Double(ahead.logits[1]) - Double(behind.logits[1])
        #expect(change > 0)
        // The pools inside the blocks are one branch of four.
        for name in session.endpointNames where !name.contains("/") {
            let (a, b) = (try #require(ahead.endpoints[name]), try #require(behind.endpoints[name]))
            let gradient = try #require(gradients[name])
            var product = 0.0
            for (index, slope) in gradient.values.enumerated() {
                product += Double(slope) * (Double(a.values[index]) - Double(b.values[index]))
            }
            #expect((product - change).magnitude < 0.03 * change.magnitude, "\(name): \(product), \(change)")
        }
    }

    @Test("A pass that stops is shorter and has no gradient of the clip; unknown endpoints are named")
    func stops() throws {
        let session = try session(width: 1.0 / 24)
        _ = try session.forward()
        var asked = 0
        let control = RunControl(isCancelled: {
            asked += 1
            return false
        })
        _ = try session.backward(
            seed: seed(session), rule: .gradient, capturingGradientsAt: ["Mixed_5b", "Mixed_5c"], stopsThere: true,
            control: control)
        // One check for each of the five operations of the last block.
        #expect(asked == 5)
        #expect(throws: ModelError.self) { try session.gradient() }
        let error = #expect(throws: ModelError.self) {
            try session.backward(seed: seed(session), rule: .gradient, capturingGradientsAt: ["Mixed_9z"])
        }
        let text = error.map { String(describing: $0) } ?? ""
        #expect(text.contains("Mixed_9z") && text.contains("Mixed_5c"))
    }

    @Test("Positions are at the centres of their receptive fields")
    func geometry() throws {
        let model = try RandomNetwork.model(width: 1.0 / 40)
        let low = try RandomNetwork.model(width: 1.0 / 40, memory: .low)
        let shape = ClipShape(frames: 64, height: 224, width: 224, channels: 3)
        let plan = NetworkBuilder.plan(model, shape)
        // The centres that `tools/golden/make_saliency.py` measures.
        for (name, count, stride, offset, times, step, start) in [
            ("Conv3d_1a_7x7", 112, 2, 1.0, 32, 2, 1.0), ("Conv3d_2b_1x1", 56, 4, 3, 32, 2, 1),
            ("Mixed_3c", 28, 8, 7, 32, 2, 1), ("Mixed_4f", 14, 16, 15, 16, 4, 3), ("Mixed_5c", 7, 32, 23, 8, 8, 5),
        ] {
            let geometry = try plan.geometry(of: name)
            for axis in [geometry.height, geometry.width] {
                #expect((axis.count, axis.stride, axis.offset) == (count, stride, offset), "\(name)")
            }
            let frames = geometry.frames
            #expect((frames.count, frames.stride, frames.offset) == (times, step, start), "\(name)")
            guard name.hasPrefix("Mixed") else { continue }
            #expect(try NetworkBuilder.plan(low, shape).geometry(of: name) == geometry)
        }
        // Odd sizes are padded equally at both ends, so nothing is shifted.
        let odd = NetworkBuilder.plan(model, ClipShape(frames: 17, height: 65, width: 65, channels: 3))
        #expect(try odd.geometry(of: "Mixed_4f").width.offset == 0)
        #expect(try odd.geometry(of: "Mixed_4f").frames.offset == 0)
        #expect(throws: ModelError.self) { try plan.geometry(of: "Mixed_9z") }
    }

    @Test("A ramp over the positions gives a ramp over the clip, constant beyond the outermost")
    func upsampling() throws {
        let shape = ClipShape(frames: 16, height: 64, width: 96, channels: 3)
        let plan = NetworkBuilder.plan(try RandomNetwork.model(width: 1.0 / 40), shape)
        let geometry = try plan.geometry(of: "Mixed_4f")
        func places(_ axis: SampledAxis) -> [Float] {
            (0..<axis.count).map { Float(axis.offset + Double($0 * axis.stride)) }
        }
        let (times, rows, columns) = (places(geometry.frames), places(geometry.height), places(geometry.width))
        let ramp = times.flatMap { t in rows.flatMap { y in columns.map { 100 * t + 10 * y + $0 } } }
        let result = geometry.upsampled(ramp, to: shape, pool: ThreadPool(threadCount: 2))
        func level(_ place: Int, _ places: [Float]) -> Float { min(max(Float(place), places[0]), places.last ?? 0) }
        let expected = (0..<16).flatMap { t in
            (0..<64).flatMap { y in
                (0..<96).map { 100 * level(t, times) + 10 * level(y, rows) + level($0, columns) }
            }
        }
        #expect(result.count == expected.count)
        // Values up to 2000, from three steps of interpolation.
        #expect(zip(result, expected).allSatisfy { ($0 - $1).magnitude < 1e-3 })
    }
}

/// `Tests/Golden/saliency`, with its network and clip.
struct SaliencyGolden {
    private let saliency: [String: GoldenFile.Tensor]
    private let network: [String: GoldenFile.Tensor]
    let target: Int

    init() throws {
        saliency = try GoldenFile(path: GoldenMaterial.path("saliency/golden.safetensors")).tensors
        network = try GoldenFile(path: GoldenMaterial.path("network/golden.safetensors")).tensors
        target = Int(try #require(network["target"]?.values.first))
    }

    func tensor(_ name: String) throws -> GoldenFile.Tensor { try #require(saliency[name], "\(name)") }

    /// The names after `prefix`, sorted.
    func names(of prefix: String) -> [String] {
        saliency.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    func session(threads: Int = 2, isa: InstructionSet = .preferred) throws -> EngineSession {
        let clip = try #require(network["clip"])
        let session = try EngineSession(
            model: GoldenNetwork.model(path: GoldenMaterial.path("network/model.safetensors")),
            shape: ClipShape(
                frames: clip.shape[0], height: clip.shape[1], width: clip.shape[2], channels: clip.shape[3]),
            pool: ThreadPool(threadCount: threads), instructionSet: isa)
        try session.setBytes(clip.values.map { UInt8($0) })
        return session
    }
}
