import TestSupport
import Testing

@testable import Engine

/// Methods that explain one clip together.
@Suite struct MethodGroupTests {
    private static let shape = ClipShape(frames: 8, height: 48, width: 40, channels: 3)

    private func session(_ model: I3DModel) throws -> EngineSession {
        let session = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: 2))
        try session.fillRandomly(seed: 9)
        return session
    }

    @Test("Each explanation equals that of its method alone, and equal passes are computed once")
    func shared() throws {
        let model = try RandomNetwork.model(width: 1 / 8)
        let methods: [any SaliencyMethod] = [
            GuidedBackpropagation(), IntegratedGradients(steps: 3), GradCAM(), GradientTimesInput(), HiResCAM(),
            GuidedGradCAM(), Gradient(), SmoothGrad(Gradient(), copies: 2), GradCAM(endpoint: "Mixed_4f"),
            XRAI(Gradient()),
        ]
        let targets: [SaliencyTarget] = [.top1, .index(3)]
        let group = MethodGroup(methods)
        let shared = try session(model)
        let clip = shared.clip()
        var received = [[Explanation?]](repeating: [nil, nil], count: methods.count)
        try group.explain(shared, targets: targets) { received[$0][$1] = $2 }
        #expect(shared.clip() == clip)
        #expect(!shared.reusesForward && !shared.reusesBackward && shared.keptEndpoints.isEmpty)
        for (method, explanations) in zip(methods, received) {
            for (target, explanation) in zip(targets, explanations) {
                let alone = try method.explain(try session(model), target: target)
                let explanation = try #require(explanation)
                #expect(explanation.map == alone.map && explanation.logits == alone.logits, "\(method.name)")
                #expect(explanation.signed == alone.signed && explanation.target == alone.target, "\(method.name)")
            }
        }
    }

    @Test("One forward pass, and two backward passes for each target, serve all methods of the clip's gradient")
    func passes() throws {
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let session = try session(model)
        let group = MethodGroup([
            GuidedBackpropagation(), GradientTimesInput(), GuidedGradCAM(), Gradient(), GradCAM(),
        ])
        try group.explain(session, targets: [.index(0), .index(1)]) { _, _, _ in }
        // For each target two gradients of the clip, and two of the endpoint, which cost little.
        #expect(session.computedPasses == PassCount(forward: 1, backward: 8))
        #expect(session.passes == PassCount(forward: 10, backward: 12))
        let alone = [PassCount](repeating: PassCount(forward: 1, backward: 1), count: 5)
        #expect(group.cost(alone: alone, targets: 2) == 5)
        let path = MethodGroup([Gradient(), IntegratedGradients(steps: 4)])
        #expect(path.cost(alone: [alone[0], PassCount(forward: 4, backward: 4)]) == 2 + 7)
    }

    @Test("A backward pass is computed again for another seed or rule, after an endpoint's, and after another clip")
    func reusedBackward() throws {
        let session = try session(try RandomNetwork.model(width: 1.0 / 24))
        session.reusesBackward = true
        func seed(_ target: Int) -> [Float] { (0..<session.model.classCount).map { $0 == target ? 1 : 0 } }
        func computes(_ body: () throws -> Void) throws -> Bool {
            let before = session.computedPasses.backward
            try body()
            return session.computedPasses.backward > before
        }
        _ = try session.forward()
        #expect(try computes { try session.backward(seed: seed(0), rule: .gradient) })
        let gradient = try session.gradient()
        #expect(try !computes { try session.backward(seed: seed(0), rule: .gradient) })
        #expect(try session.gradient() == gradient)
        #expect(try computes { try session.backward(seed: seed(1), rule: .gradient) })
        #expect(try computes { try session.backward(seed: seed(1), rule: .guided) })
        #expect(try !computes { try session.backward(seed: seed(1), rule: .guided) })
        _ = try session.backward(
            seed: seed(1), rule: .guided, capturingGradientsAt: ["Mixed_5c"], stopsThere: true)
        #expect(throws: ModelError.self) { try session.gradient() }
        #expect(try computes { try session.backward(seed: seed(1), rule: .guided) })
        try session.setFrame(0, values: [Float](repeating: 0, count: Self.shape.elementsPerFrame).span)
        #expect(throws: ModelError.self) { try session.backward(seed: seed(1), rule: .guided) }
        _ = try session.forward()
        #expect(try computes { try session.backward(seed: seed(1), rule: .guided) })
        #expect(session.passes.backward == session.computedPasses.backward + session.reusedBackwardPasses)
    }

    @Test("Kept endpoints are those of the clip's own pass, also where windows share results")
    func keptEndpoints() throws {
        let model = try RandomNetwork.model(width: 1 / 8)
        let session = try EngineSession(
            model: model, shape: Self.shape, pool: ThreadPool(threadCount: 2), keepsOverlap: true)
        try session.fillRandomly(seed: 9)
        session.reusesForward = true
        let names: Set<String> = ["Conv3d_2b_1x1", "Conv3d_2c_3x3", "Mixed_3b", "Mixed_5c"]
        session.keptEndpoints = names
        for seed in 9...10 {
            try session.setFrame(
                3, values: [Float](repeating: Float(seed) / 20, count: Self.shape.elementsPerFrame).span)
            _ = try session.forward()
            let computed = session.computedPasses
            let kept = try session.forward(capturing: names)
            #expect(session.computedPasses == computed)
            let alone = try EngineSession(model: model, shape: Self.shape, pool: ThreadPool(threadCount: 2))
            alone.setClip(session.clip())
            let expected = try alone.forward(capturing: names)
            #expect(kept.logits == expected.logits && kept.endpoints == expected.endpoints)
        }
    }
}
