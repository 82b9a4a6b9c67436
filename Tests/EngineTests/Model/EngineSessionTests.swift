import TestSupport
import Testing

@testable import Engine

@Suite("Engine session")
struct EngineSessionTests {
    struct Results: Equatable {
        var logits: [UInt32] = []
        var gradient: [UInt32] = []
        var guided: [UInt32] = []
    }

    private func results(
        _ model: I3DModel, _ shape: ClipShape, threads: Int, isa: InstructionSet = .preferred
    ) throws -> Results {
        let session = try EngineSession(
            model: model, shape: shape, pool: ThreadPool(threadCount: threads), instructionSet: isa)
        try session.fillRandomly(seed: 9)
        var results = Results()
        results.logits = try session.forward().map(\.bitPattern)
        try session.backward(target: 2, rule: .gradient)
        results.gradient = try session.gradient().map(\.bitPattern)
        try session.backward(target: 2, rule: .guided)
        results.guided = try session.gradient().map(\.bitPattern)
        return results
    }

    @Test(
        "1, 2 and 3 threads and all instruction sets give the same bytes",
        arguments: [
            (1.0 / 24, ClipShape(frames: 5, height: 33, width: 47, channels: 3)),
            (1.0 / 11, ClipShape(frames: 1, height: 32, width: 32, channels: 2)),
            (1.0 / 8, ClipShape(frames: 8, height: 48, width: 40, channels: 3)),
        ])
    func deterministic(_ width: Double, _ shape: ClipShape) throws {
        let model = try RandomNetwork.model(width: width, inputChannels: shape.channels)
        let reference = try results(model, shape, threads: 1)
        #expect(reference.gradient.contains { Float(bitPattern: $0) != 0 })
        #expect(try results(model, shape, threads: 2) == reference)
        #expect(try results(model, shape, threads: 3) == reference)
        for isa in InstructionSet.available {
            #expect(try results(model, shape, threads: 2, isa: isa) == reference, "\(isa)")
        }
    }

    /// A network whose stem uses Winograd convolution, and whose filters fit in both budgets.
    @Test("Little memory gives the same bytes and needs less memory")
    func littleMemory() throws {
        let shape = ClipShape(frames: 40, height: 33, width: 50, channels: 3)
        let fast = try RandomNetwork.model(width: 0.34)
        let low = try RandomNetwork.model(width: 0.34, memory: .low)
        #expect(try results(low, shape, threads: 3) == results(fast, shape, threads: 2))
        let sizes = try [fast, low].map { model in
            try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 1)).memorySize
        }
        #expect(sizes[1] < sizes[0])
    }

    @Test("Features are the pooled last activation; the head's filters and bias turn them into the logits")
    func features() throws {
        let shape = ClipShape(frames: 20, height: 40, width: 70, channels: 3)
        let model = try RandomNetwork.model(width: 1.0 / 16)
        let session = try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 4)
        #expect(throws: ModelError.self) { try session.features() }
        let (logits, endpoints) = try session.forward(capturing: ["Mixed_5c"])
        let features = try session.features()
        let channels = model.featureCount
        #expect(features.count == channels)

        // As published: an average pool [2, 7, 7] with stride 1 where it fits, then the mean over its positions.
        let last = try #require(endpoints["Mixed_5c"])
        #expect(last.shape == [3, 2, 3, channels])
        for channel in 0..<channels {
            var sum = 0.0
            for start in 0..<2 {
                for position in 0..<12 {
                    sum += Double(last.values[(start * 6 + position) * channels + channel]) / 24
                }
            }
            #expect((features[channel] - sum).magnitude <= 1e-13 * max(1, sum.magnitude))
        }
        // One rounding to single precision; sums are in double precision.
        for index in 0..<model.classCount {
            var logit = Double(model.head.bias[index])
            for channel in 0..<channels {
                logit += features[channel] * Double(model.head.filters[channel * model.classCount + index])
            }
            #expect((Double(logits[index]) - logit).magnitude <= 0x1p-24 * logit.magnitude + 1e-12)
        }
        try session.backward(target: 1, rule: .gradient)
        #expect(try session.features() == features)
        try session.slide(by: 8)
        #expect(throws: ModelError.self) { try session.features() }
    }

    @Test("A clip of bytes gives the same results as the same clip of floats, also if both are mixed")
    func bytesAndFloats() throws {
        let shape = ClipShape(frames: 6, height: 34, width: 33, channels: 3)
        let model = try RandomNetwork.model(width: 0.34)
        func session() throws -> EngineSession {
            try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 2))
        }
        var random = SeededGenerator(seed: 6)
        let bytes = (0..<shape.count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let floats = bytes.map { Float($0) * model.manifest.inputScale + model.manifest.inputOffset }
        let (ofBytes, ofFloats, mixed) = (try session(), try session(), try session())
        try ofBytes.setBytes(bytes)
        try ofFloats.setValues(floats)
        try mixed.setBytes(bytes)
        let frame = Array(floats[2 * shape.elementsPerFrame..<3 * shape.elementsPerFrame])
        try mixed.setFrame(2, values: frame.span)
        let last = Array(bytes[5 * shape.elementsPerFrame..<6 * shape.elementsPerFrame])
        try mixed.setFrame(5, bytes: last.span)
        let logits = try ofFloats.forward()
        for session in [ofBytes, mixed] {
            #expect(session.clip() == floats)
            #expect(try session.forward() == logits)
        }
    }

    @Test("A session gives the same bytes again, whatever it computed in between")
    func repeatable() throws {
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let session = try EngineSession(
            model: model, shape: ClipShape(frames: 4, height: 40, width: 35, channels: 3),
            pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 1)
        let logits = try session.forward()
        try session.backward(target: 0, rule: .guided)
        let guided = try session.gradient()
        try session.backward(target: 3, rule: .gradient)
        try session.backward(target: 0, rule: .guided)
        #expect(try session.gradient() == guided)
        try session.fillRandomly(seed: 2)
        #expect(try session.forward() != logits)
        try session.fillRandomly(seed: 1)
        #expect(try session.forward() == logits)
        try session.backward(target: 0, rule: .guided)
        #expect(try session.gradient() == guided)
    }

    @Test("The gradient is linear in the seed, and Σ|g| is the sum of its magnitudes")
    func seeds() throws {
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let shape = ClipShape(frames: 3, height: 32, width: 36, channels: 3)
        let session = try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 4)
        _ = try session.forward()
        try session.backward(target: 1, rule: .gradient)
        let one = try session.gradient()
        let sums = (0..<one.count / 3).map {
            (one[3 * $0].magnitude + one[3 * $0 + 1].magnitude) + one[3 * $0 + 2].magnitude
        }
        #expect(try session.absoluteGradient() == sums)
        try session.backward(target: 4, rule: .gradient)
        let four = try session.gradient()
        try session.backward(seed: [0, 2, 0, 0, -1], rule: .gradient)
        let contrast = try session.gradient()
        // The difference is bounded by the rounding errors of three fp32 passes of about 60 layers.
        #expect(Agreement(contrast, zip(one, four).map { 2 * $0 - $1 }).isWithin(error: 1e-5))
    }

    @Test("Directional derivatives of the whole network: central differences")
    func finiteDifferences() throws {
        let model = try RandomNetwork.model(width: 1.0 / 16)
        let shape = ClipShape(frames: 6, height: 34, width: 33, channels: 3)
        let session = try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 6)
        let clip = session.clip()
        _ = try session.forward()
        try session.backward(target: 2, rule: .gradient)
        let gradient = try session.gradient()
        let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        // Along the gradient itself the derivative is its norm. The step is a compromise between kinks of the network
        // (thousands of ReLUs switch within a larger one) and fp32 rounding of the two logits; 2 % covers both.
        let step = 2e-3
        func logit(_ sign: Double) throws -> Double {
            session.setClip(zip(clip, gradient).map { Float(Double($0) + sign * step * Double($1) / norm) })
            return Double(try session.forward()[2])
        }
        let difference = (try logit(1) - logit(-1)) / (2 * step)
        #expect((difference - norm).magnitude <= 0.02 * norm, "\(difference) and \(norm)")
    }

    @Test("Bytes are scaled as the manifest states")
    func bytes() throws {
        let model = try RandomNetwork.model()
        let shape = ClipShape(frames: 1, height: 32, width: 32, channels: 3)
        let session = try EngineSession(model: model, shape: shape, pool: ThreadPool(threadCount: 1))
        let bytes = (0..<shape.count).map { UInt8(truncatingIfNeeded: $0 * 31) }
        try session.setFrame(0, bytes: bytes.span)
        #expect(session.clip() == bytes.map { Float($0) * (2.0 / 255) - 1 })
    }

    @Test("Requests that do not fit are refused in one sentence")
    func refusals() throws {
        let model = try RandomNetwork.model()
        let pool = ThreadPool(threadCount: 1)
        for (shape, words) in [
            (ClipShape(frames: 8, height: 31, width: 64, channels: 3), "at least 32x32"),
            (ClipShape(frames: 0, height: 64, width: 64, channels: 3), "no frames"),
            (ClipShape(frames: 8, height: 64, width: 64, channels: 2), "2 channels"),
        ] {
            let error = #expect(throws: ModelError.self) { try EngineSession(model: model, shape: shape, pool: pool) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains(words) == true)
        }
        for shape in [
            ClipShape(frames: Int.max, height: 64, width: 64, channels: 3),
            ClipShape(frames: 64, height: 1 << 20, width: 1 << 20, channels: 3),
        ] {
            let error = #expect(throws: ModelError.self) { try EngineSession(model: model, shape: shape, pool: pool) }
            #expect(error?.code == .tooLarge)
        }
        let shape = ClipShape(frames: 2, height: 32, width: 32, channels: 3)
        let limited = #expect(throws: ModelError.self) {
            try EngineSession(model: model, shape: shape, pool: pool, memoryLimit: 1000)
        }
        #expect(limited?.code == .tooLarge)
        #expect(limited?.description.hasPrefix("a clip of 2 frames of 32x32 needs") == true)
        let session = try EngineSession(model: model, shape: shape, pool: pool)
        let short = [UInt8](repeating: 0, count: 5)
        #expect(throws: ModelError.self) { try session.setFrame(0, bytes: short.span) }
        var frame = [Float](repeating: 0, count: shape.elementsPerFrame)
        #expect(throws: ModelError.self) { try session.setFrame(2, values: frame.span) }
        frame[7] = .nan
        #expect(throws: ModelError.self) { try session.setFrame(0, values: frame.span) }
        #expect(throws: ModelError.self) { try session.backward(target: 0, rule: .guided) }
        frame[7] = 0
        try session.setFrame(0, values: frame.span)
        #expect(throws: ModelError.self) { try session.gradient() }
        _ = try session.forward()
        #expect(throws: ModelError.self) { try session.backward(target: 5, rule: .guided) }
        #expect(throws: ModelError.self) { try session.backward(seed: [1], rule: .guided) }
        #expect(throws: ModelError.self) { try session.forward(capturing: ["Mixed_9z"]) }
    }

    @Test("Cancelled between layers, and usable for the next clip")
    func cancellation() throws {
        let model = try RandomNetwork.model()
        let session = try EngineSession(
            model: model, shape: ClipShape(frames: 2, height: 32, width: 32, channels: 3),
            pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 1)
        let logits = try session.forward()
        for allowed in [0, 1, 30] {
            var asked = 0
            let control = RunControl(isCancelled: {
                asked += 1
                return asked > allowed
            })
            let error = #expect(throws: ModelError.self) { try session.forward(control: control) }
            #expect(error?.code == .cancelled)
            #expect(asked == allowed + 1)
            #expect(throws: ModelError.self) { try session.backward(target: 0, rule: .gradient) }
        }
        #expect(try session.forward() == logits)
    }

    @Test("Layers are measured on request")
    func layerTimings() throws {
        let model = try RandomNetwork.model()
        let session = try EngineSession(
            model: model, shape: ClipShape(frames: 2, height: 32, width: 32, channels: 3),
            pool: ThreadPool(threadCount: 1))
        _ = try session.forward()
        #expect(session.layerTimings.isEmpty)
        session.recordsLayers = true
        _ = try session.forward()
        try session.backward(target: 0, rule: .guided)
        #expect(session.layerTimings.first?.name == "Conv3d_1a_7x7")
        #expect(session.layerTimings.last?.name == "Logits")
        #expect(session.layerTimings.allSatisfy { $0.forward > 0 && $0.backward > 0 })
    }

    /// Several methods run one after another on one clip, whatever state each leaves.
    @Test("Reusing a forward pass does not change a byte of later results")
    func reusedForward() throws {
        let model = try RandomNetwork.model(width: 1 / 8)
        let shape = ClipShape(frames: 8, height: 48, width: 40, channels: 3)
        func session() throws -> EngineSession {
            let session = try EngineSession(
                model: model, shape: shape, pool: ThreadPool(threadCount: 2), keepsOverlap: true)
            try session.fillRandomly(seed: 9)
            return session
        }
        let methods: [any SaliencyMethod] = [
            Gradient(), GuidedBackpropagation(), GradCAM(), GradientTimesInput(), IntegratedGradients(steps: 3),
            Gradient(), SmoothGrad(Gradient(), copies: 2), GuidedGradCAM(), GuidedBackpropagation(),
        ]
        let shared = try session()
        shared.reusesForward = true
        var passes = PassCount()
        for method in methods {
            let alone = try method.explain(try session(), target: .top1)
            let explanation = try method.explain(shared, target: .top1)
            #expect(explanation.map == alone.map, "\(method.name)")
            #expect(explanation.logits == alone.logits)
            #expect(explanation.cost == alone.cost, "\(method.name)")
            passes = PassCount(
                forward: passes.forward + alone.cost.forward, backward: passes.backward + alone.cost.backward)
        }
        #expect(shared.passes == passes)
        // After the first gradient, after Grad-CAM's, and after the last Grad-CAM's.
        #expect(shared.reusedPasses >= 3)
        let again = try shared.forward()
        try shared.setFrame(3, values: [Float](repeating: 0.5, count: shape.elementsPerFrame).span)
        #expect(try shared.forward() != again)
        #expect(throws: ModelError.self) { _ = try shared.gradient() }
    }
}
