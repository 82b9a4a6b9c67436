/// The random-logit check: does the map depend on the class it explains (Sixt et al., arXiv 1912.09818, section 5)?
///
/// Other classes, drawn by seed, are explained, and their maps compared with the target's. Costs as many explanations as there
/// are classes drawn.
public struct LogitRandomization: Sendable {
    /// How alike another class's map is to the target's.
    public struct Step: Sendable, Codable, Equatable {
        /// The class explained in the target's place.
        public var target: Int
        public var similarity: MapSimilarity.Value
    }

    public let classes: Int
    public let seed: UInt64

    /// - Parameters:
    ///   - classes: how many others to explain, at least 1; all of them if there are fewer.
    ///   - seed: of the choice of classes.
    public init(classes: Int = 3, seed: UInt64 = 1) {
        self.classes = max(classes, 1)
        self.seed = seed
    }

    /// - Parameters:
    ///   - session: holds the clip, which is left as it was.
    ///   - method: explains the other classes.
    ///   - original: what `method` says of `target`.
    ///   - target: the class that is not drawn.
    ///   - control: cancels, and hears of the progress.
    /// - Returns: one step for each class drawn, in their order; none for a network of one class.
    /// - Throws: `invalidRequest`, `cancelled`.
    public func steps(
        _ session: EngineSession, method: any SaliencyMethod, original: SaliencyMap, target: Int,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [Step] {
        try session.check(original)
        var random = SplitMix(seed: seed, stream: 1000)
        let others = (0..<session.model.classCount).filter { $0 != target }.shuffled(using: &random).prefix(classes)
        let similarity = MapSimilarity(to: original)
        var steps: [Step] = []
        for (number, other) in others.sorted().enumerated() {
            let map = try method.explain(
                session, target: .index(other), control: control.part(number, of: others.count)
            ).map
            steps.append(Step(target: other, similarity: similarity.of(map)))
            control.progress(Double(number + 1) / Double(others.count))
        }
        return steps
    }
}
