/// The sanity check for saliency: the network's weights are randomised, from the logits down to the stem, to see
/// whether the maps change (Adebayo et al., arXiv 1810.03292, section 3.1).
///
/// After each stage every method explains the same class of the same clip again. A map that does not change does not
/// depend on what the network has learned. Costs 13 networks, and as many explanations per method.
public struct CascadingRandomization {
    /// The similarity of a method's map after one stage to its map of the trained network.
    public struct Step: Sendable, Codable, Equatable {
        /// The stage that was randomised last; everything above it has been randomised too.
        public var stage: String
        public var similarity: MapSimilarity.Value
    }

    private let variables: ModelVariables
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
        guard clip.count == shape.count, originals.count == methods.count else {
            throw ModelError(.invalidRequest, "the clip or the number of maps does not fit the request")
        }
        let similarities = originals.map(MapSimilarity.init(to:))
        var randomized = variables
        var steps = [[Step]](repeating: [], count: methods.count)
        for (number, stage) in NetworkRandomization.stages.enumerated() {
            try control.check()
            try NetworkRandomization.reinitialize(stage, in: &randomized, seed: seed)
            if stages.contains(stage) {
                let network = try I3DModel(variables: randomized, manifest: model.manifest, memory: model.memory)
                let session = try EngineSession(model: network, shape: shape, pool: pool, memoryLimit: memoryLimit)
                session.setClip(clip)
                let part = control.part(number, of: NetworkRandomization.stages.count)
                for (index, method) in methods.enumerated() {
                    let map = try method.explain(
                        session, target: .index(target), control: part.part(index, of: methods.count)
                    ).map
                    observe(index, stage, map)
                    steps[index].append(Step(stage: stage.name, similarity: similarities[index].of(map)))
                }
            }
            control.progress(Double(number + 1) / Double(NetworkRandomization.stages.count))
        }
        return steps
    }
}
