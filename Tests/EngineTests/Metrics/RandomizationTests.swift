import TestSupport
import Testing

@testable import Engine

/// The sanity check: its effect on a network, and agreement with the literature.
@Suite struct RandomizationTests {
    @Test("Each stage randomises its own units, from the logits to the stem, by seed")
    func stages() throws {
        let trained = RandomNetwork.variables(width: 1.0 / 24)
        #expect(NetworkRandomization.stages.map(\.name).prefix(2) == ["Logits", "Mixed_5c"])
        #expect(NetworkRandomization.stages.map(\.name).suffix(2) == ["Conv3d_2b_1x1", "Conv3d_1a_7x7"])
        #expect(
            Set(NetworkRandomization.stages.flatMap(\.units)) == Set(I3DArchitecture.units))
        var variables = trained
        var changed = Set<String>()
        for stage in NetworkRandomization.stages {
            let before = variables
            try NetworkRandomization.reinitialize(stage, in: &variables, seed: 4)
            let now = variables.variables.filter { before[$0.key] != $0.value }.map(\.key)
            #expect(now.allSatisfy { $0.hasPrefix(stage.name) })
            #expect(!now.isEmpty && changed.isDisjoint(with: now))
            changed.formUnion(now)
        }
        #expect(changed == Set(trained.variables.keys))
        #expect(trained.variables.allSatisfy { $0.value.shape == variables[$0.key]?.shape })
        var again = trained
        try NetworkRandomization.reinitialize(NetworkRandomization.stages[12], in: &again, seed: 4)
        let stem = I3DArchitecture.filterName(I3DArchitecture.stem)
        #expect(again[stem] == variables[stem])
        var other = trained
        try NetworkRandomization.reinitialize(NetworkRandomization.stages[12], in: &other, seed: 5)
        #expect(other[stem] != variables[stem])
    }

    @Test("Stages can be measured one by one and left out, and methods together, with the same result")
    func steps() throws {
        let variables = RandomNetwork.variables(width: 1.0 / 24)
        let model = try RandomNetwork.model(width: 1.0 / 24)
        let shape = ClipShape(frames: 3, height: 34, width: 33, channels: 3)
        let pool = ThreadPool(threadCount: 2)
        let session = try EngineSession(model: model, shape: shape, pool: pool)
        try session.fillRandomly(seed: 3)
        let methods: [any SaliencyMethod] = [GuidedBackpropagation(), GradCAM(endpoint: "Mixed_4f"), Gradient()]
        let originals = try methods.map { try $0.explain(session, target: .index(1)).map }
        let cascade = CascadingRandomization(variables: variables, model: model, shape: shape, pool: pool)
        let all = try cascade.steps(clip: session.clip(), target: 1, methods: methods, originals: originals)
        for index in methods.indices {
            let alone = try cascade.steps(
                clip: session.clip(), target: 1, methods: [methods[index]], originals: [originals[index]])
            #expect(alone[0] == all[index])
        }
        var single = cascade
        let similarities = originals.map(MapSimilarity.init(to:))
        for place in [2, 7, 12] {
            let step = try single.step(
                NetworkRandomization.stages[place], clip: session.clip(), target: 1, methods: MethodGroup(methods),
                originals: similarities)
            #expect(step.similarities == all.map { $0[place].similarity })
            #expect(step.passes == PassCount(forward: 1, backward: 3))
        }
        #expect(throws: ModelError.self) {
            try single.step(
                NetworkRandomization.stages[3], clip: session.clip(), target: 1, methods: MethodGroup(methods),
                originals: similarities)
        }
    }

    /// Adebayo et al. (arXiv 1810.03292), figures 2 to 4: the maps of the gradient and of Grad-CAM change as soon as
    /// the network is randomised, that of guided backpropagation stays similar.
    @Test("In the built-in model, maps of guided backpropagation survive randomisation; gradient and Grad-CAM do not")
    func literature() throws {
        let golden = try GoldenFile(path: GoldenMaterial.path("motion/golden.safetensors")).tensors
        let clip = try #require(golden["clip"])
        let checkpoint = try Checkpoint.open("builtin:motion")
        let variables = try checkpoint.load()
        let model = try I3DModel(variables: variables, manifest: checkpoint.manifest)
        let shape = ClipShape(frames: 16, height: 64, width: 64, channels: 3)
        let pool = ThreadPool()
        let session = try EngineSession(model: model, shape: shape, pool: pool)
        for frame in 0..<shape.frames {
            let first = frame * shape.elementsPerFrame
            let bytes = clip.values[first..<first + shape.elementsPerFrame].map { UInt8($0) }
            try session.setFrame(frame, bytes: bytes.span)
        }
        let target = Int(try #require(golden["target"]).values[0])
        let methods: [any SaliencyMethod] = [Gradient(), GuidedBackpropagation(), GradCAM()]
        let originals = try methods.map { try $0.explain(session, target: .index(target)).map }
        let chosen = NetworkRandomization.stages.filter {
            ["Logits", "Mixed_4f", "Conv3d_1a_7x7"].contains($0.name)
        }
        let cascade = CascadingRandomization(variables: variables, model: model, shape: shape, pool: pool)
        let steps = try cascade.steps(
            clip: session.clip(), target: target, methods: methods, originals: originals, stages: chosen)
        #expect(steps.allSatisfy { $0.map(\.stage) == chosen.map(\.name) })
        // Grad-CAM's map may be 0 everywhere, which counts as no correlation.
        let ranks = steps.map { $0.map { $0.similarity.rankCorrelation ?? 0 } }
        let structures = try steps.map { try $0.map { try #require($0.similarity.structuralSimilarity) } }
        // With everything above Mixed_4e randomised, one map has changed and the other has not.
        #expect(ranks[0][1] < 0.9 && structures[0][1] < 0.7)
        #expect(ranks[1][1] > 0.97 && structures[1][1] > 0.9)
        #expect(ranks[2][1] < 0.5 && structures[2][1] < 0.7)
        // No map is left when the stem is randomised too.
        #expect(ranks.allSatisfy { $0[2] < 0.5 } && structures.allSatisfy { $0[2] < 0.2 })
    }
}
