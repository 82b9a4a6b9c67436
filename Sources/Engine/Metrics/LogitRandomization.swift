/// The random-logit check of whether a map depends on the class that it explains (Sixt et al., arXiv 1912.09818,
/// section 5).
///
/// Other classes, drawn by seed, are explained, and their maps are compared with the target's. Costs one explanation
/// per class; the classes and the methods share passes (`MethodGroup`).
public struct LogitRandomization: Sendable {
    /// The similarity of another class's map to the target's.
    public struct Step: Sendable, Codable, Equatable {
        /// The class that is explained instead of the target.
        public var target: Int
        public var similarity: MapSimilarity.Value
    }

    public let classes: Int
    public let seed: UInt64

    /// - Parameters:
    ///   - classes: the number of other classes to explain, at least 1; if there are fewer, all are explained.
    ///   - seed: of the choice of classes.
    public init(classes: Int = 3, seed: UInt64 = 1) {
        self.classes = max(classes, 1)
        self.seed = seed
    }

    /// - Parameters:
    ///   - session: holds the clip, which is unchanged afterwards.
    ///   - method: explains the other classes.
    ///   - original: the map of `method` for `target`.
    ///   - target: the class that is not drawn.
    ///   - control: cancels the computation and receives its progress.
    /// - Returns: one step for each class drawn, in class order; none for a network with one class.
    /// - Throws: `invalidRequest`, `cancelled`.
    public func steps(
        _ session: EngineSession, method: any SaliencyMethod, original: SaliencyMap, target: Int,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [Step] {
        try steps(
            session, methods: MethodGroup([method]), originals: [original], target: target, control: control)[0]
    }

    /// The steps of each of several methods, which share passes.
    ///
    /// - Parameters:
    ///   - session: holds the clip, which is unchanged afterwards.
    ///   - methods: the methods that explain it.
    ///   - originals: the methods' maps for `target`.
    ///   - target: the class that `originals` explain.
    ///   - control: cancels the computation and receives its progress.
    /// - Returns: for each method one step for each class drawn, in class order.
    /// - Throws: `invalidRequest`, `cancelled`.
    public func steps(
        _ session: EngineSession, methods: MethodGroup, originals: [SaliencyMap], target: Int,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [[Step]] {
        for original in originals { try session.check(original) }
        var random = SplitMix(seed: seed, stream: 1000)
        let others = (0..<session.model.classCount).filter { $0 != target }.shuffled(using: &random).prefix(classes)
            .sorted()
        var steps = originals.map { _ in others.map { Step(target: $0, similarity: MapSimilarity.Value()) } }
        guard !others.isEmpty else { return steps }
        let similarities = originals.map(MapSimilarity.init(to:))
        try methods.explain(session, targets: others.map { .index($0) }, control: control) { method, place, other in
            steps[method][place].similarity = similarities[method].of(other.map)
        }
        control.progress(1)
        return steps
    }
}
