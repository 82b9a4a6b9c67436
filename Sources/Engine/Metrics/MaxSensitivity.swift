/// How much a map changes when the clip changes imperceptibly (Yeh et al., arXiv 1901.09392, definition 2.4).
///
/// The maximum over clips y with |y − x| ≤ r of ‖Φ(y) − Φ(x)‖ / ‖Φ(x)‖, with Euclidean norms over the whole map,
/// estimated from `samples` clips with uniform noise; the same class is explained. r is given as a part of the clip's
/// range (its largest minus its smallest sample). Costs one explanation per sample. Captum's `sensitivity_max` is the
/// same with r in the network's unit.
public struct MaxSensitivity: Sendable {
    public let samples: Int
    public let radius: Float
    public let seed: UInt64

    /// - Parameters:
    ///   - samples: the number of noisy clips, at least 1.
    ///   - radius: as a part of the clip's range; above 0.
    ///   - seed: of the noise.
    public init(samples: Int = 10, radius: Float = 0.02, seed: UInt64 = 1) {
        self.samples = max(samples, 1)
        self.radius = radius
        self.seed = seed
    }

    /// The sensitivity at the session's clip, which is unchanged afterwards: 0 if the map does not change, 1 if the
    /// change is as large as the map.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - method: explains the noisy clips.
    ///   - original: the map of `method` for the clip.
    ///   - target: the class explained.
    ///   - control: cancels the computation and receives its progress.
    /// - Returns: nil if the original is 0 everywhere.
    /// - Throws: `invalidRequest`, `cancelled`.
    public func value(
        _ session: EngineSession, method: any SaliencyMethod, original: SaliencyMap, target: Int,
        control: RunControl = RunControl()
    ) throws(ModelError) -> Double? {
        var changes: [Double?] = []
        for sample in 0..<samples {
            changes += try self.changes(
                session, sample: sample, methods: MethodGroup([method]), originals: [original], target: target,
                control: control.part(sample, of: samples))
        }
        return Self.largest(changes)
    }

    /// The change of the maps of several methods under the noise of one sample: they share the noisy clip's passes.
    ///
    /// - Parameters:
    ///   - session: holds the clip, which is unchanged afterwards.
    ///   - sample: in 0..<`samples`.
    ///   - methods: explain the noisy clip.
    ///   - originals: the methods' maps for the clip.
    ///   - target: the class explained.
    ///   - control: cancels the computation and receives its progress.
    /// - Returns: ‖Φ(y) − Φ(x)‖ / ‖Φ(x)‖ for each method; nil if its original is 0 everywhere.
    /// - Throws: `invalidRequest`, `cancelled`.
    public func changes(
        _ session: EngineSession, sample: Int, methods: MethodGroup, originals: [SaliencyMap], target: Int,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [Double?] {
        for original in originals { try session.check(original) }
        let clip = session.clip()
        let reach = Double(radius * ((clip.max() ?? 0) - (clip.min() ?? 0)))
        var random = SplitMix(seed: seed, stream: 3 + UInt64(sample))
        defer { session.setClip(clip) }
        session.setClip(clip.map { $0 + Float((2 * random.uniform() - 1) * reach) })
        var changes = [Double?](repeating: nil, count: originals.count)
        try methods.explain(session, targets: [.index(target)], control: control) { method, _, noisy in
            changes[method] = Self.change(of: originals[method].values, to: noisy.map.values)
        }
        control.progress(1)
        return changes
    }

    /// The largest of the changes of one method; nil if there are none.
    public static func largest(_ changes: [Double?]) -> Double? { changes.compactMap { $0 }.max() }

    private static func change(of original: [Float], to noisy: [Float]) -> Double? {
        let norm = original.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard norm > 0 else { return nil }
        var distance = 0.0
        for index in original.indices {
            let difference = Double(noisy[index]) - Double(original[index])
            distance += difference * difference
        }
        return distance.squareRoot() / norm
    }
}
