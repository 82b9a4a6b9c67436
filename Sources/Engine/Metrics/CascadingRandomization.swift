/// The sanity check for saliency: the network's weights are randomised, from the logits down to the stem, to see
/// whether the maps change (Adebayo et al., arXiv 1810.03292, section 3.1).
///
/// After each stage every method explains the same class of the same clip again. A map that does not change does not
/// depend on what the network has learned. Costs a network for each stage, and as many explanations per method, which
/// share passes (`MethodGroup`).
public struct CascadingRandomization {
    /// The similarity of a method's map after one stage to its map of the trained network.
    public struct Step: Sendable, Codable, Equatable {
        /// The stage that was randomised last; everything above it has been randomised too.
        public var stage: String
        public var similarity: MapSimilarity.Value

        public init(stage: String, similarity: MapSimilarity.Value) {
            self.stage = stage
            self.similarity = similarity
        }
    }

    /// Randomised down to the last stage that was asked for.
    private var variables: ModelVariables
    /// The number of stages that are randomised in `variables`.
    private var randomized = 0
    private let model: I3DModel
    private let shape: ClipShape
    private let pool: ThreadPool
    private let memoryLimit: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - variables: those from which `model` was made.
    ///   - model: the trained network.
    ///   - shape: of the clip.
    ///   - pool: the threads that compute.
    ///   - memoryLimit: the maximum memory of each stage's session, in bytes, without its model.
    ///   - seed: of the random weights.
    public init(
        variables: ModelVariables, model: I3DModel, shape: ClipShape, pool: ThreadPool, memoryLimit: Int = .max,
        seed: UInt64 = 1
    ) {
        self.variables = variables
        self.model = model
        self.shape = shape
        self.pool = pool
        self.memoryLimit = memoryLimit
        self.seed = seed
    }

    /// One step per stage for each method.
    ///
    /// - Parameters:
    ///   - clip: `[T, H, W, C]` in the network's range.
    ///   - target: the class explained.
    ///   - methods: the methods that explain it.
    ///   - originals: each method's map of the trained network.
    ///   - stages: those after which maps are computed; all stages are randomised.
    ///   - control: cancels the computation and receives its progress.
    ///   - observe: called with every map and the method's index in `methods`.
    /// - Throws: `missingVariable`, `wrongShape`, `invalidRequest`, `tooLarge`, `cancelled`.
    public func steps(
        clip: [Float], target: Int, methods: [any SaliencyMethod], originals: [SaliencyMap],
        stages: [NetworkRandomization.Stage] = NetworkRandomization.stages, control: RunControl = RunControl(),
        observe: (Int, NetworkRandomization.Stage, SaliencyMap) -> Void = { _, _, _ in }
    ) throws(ModelError) -> [[Step]] {
        guard originals.count == methods.count else {
            throw ModelError(.invalidRequest, "the number of maps does not fit the request")
        }
        let similarities = originals.map(MapSimilarity.init(to:))
        let group = MethodGroup(methods)
        var cascade = self
        var steps = [[Step]](repeating: [], count: methods.count)
        for (number, stage) in NetworkRandomization.stages.enumerated() {
            try control.check()
            if stages.contains(stage) {
                let step = try cascade.step(
                    stage, clip: clip, target: target, methods: group, originals: similarities,
                    control: control.part(number, of: NetworkRandomization.stages.count)
                ) { observe($0, stage, $1) }
                for (index, similarity) in step.similarities.enumerated() {
                    steps[index].append(Step(stage: stage.name, similarity: similarity))
                }
            }
            control.progress(Double(number + 1) / Double(NetworkRandomization.stages.count))
        }
        return steps
    }

    /// Randomises the network down to one stage and explains the clip again. Call with the stages in the order of
    /// `NetworkRandomization.stages`, any of them left out.
    ///
    /// - Parameters:
    ///   - stage: the last stage that is randomised.
    ///   - clip: `[T, H, W, C]` in the network's range.
    ///   - target: the class explained.
    ///   - methods: the methods that explain it.
    ///   - originals: what each method's map is compared with: that of the trained network.
    ///   - control: cancels the computation and receives its progress.
    ///   - observe: called with every map and the method's index in `methods`.
    /// - Returns: the similarity of each method's map to its original, and the passes that were computed.
    /// - Throws: `missingVariable`, `wrongShape`, `invalidRequest`, `tooLarge`, `cancelled`.
    public mutating func step(
        _ stage: NetworkRandomization.Stage, clip: [Float], target: Int, methods: MethodGroup,
        originals: [MapSimilarity], control: RunControl = RunControl(),
        observe: (Int, SaliencyMap) -> Void = { _, _ in }
    ) throws(ModelError) -> (similarities: [MapSimilarity.Value], passes: PassCount) {
        guard clip.count == shape.count, originals.count == methods.methods.count else {
            throw ModelError(.invalidRequest, "the clip or the number of maps does not fit the request")
        }
        try randomize(downTo: stage, control: control)
        let network = try I3DModel(variables: variables, manifest: model.manifest, memory: model.memory)
        let session = try EngineSession(model: network, shape: shape, pool: pool, memoryLimit: memoryLimit)
        session.setClip(clip)
        var values = [MapSimilarity.Value](repeating: MapSimilarity.Value(), count: originals.count)
        try methods.explain(session, targets: [.index(target)], control: control) { index, _, explanation in
            observe(index, explanation.map)
            values[index] = originals[index].of(explanation.map)
        }
        return (values, session.computedPasses)
    }

    private mutating func randomize(downTo stage: NetworkRandomization.Stage, control: RunControl) throws(ModelError) {
        let stages = NetworkRandomization.stages
        guard let place = stages.firstIndex(of: stage), place >= randomized else {
            throw ModelError(.invalidRequest, "the stages of a cascade are not in their order")
        }
        while randomized <= place {
            try control.check()
            try NetworkRandomization.reinitialize(stages[randomized], in: &variables, seed: seed)
            randomized += 1
        }
    }
}
