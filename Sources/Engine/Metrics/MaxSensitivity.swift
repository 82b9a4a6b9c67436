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
        try session.check(original)
        let norm = original.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard norm > 0 else { return nil }
        let clip = session.clip()
        let reach = Double(radius * ((clip.max() ?? 0) - (clip.min() ?? 0)))
        defer { session.setClip(clip) }
        var largest = 0.0
        for sample in 0..<samples {
            var random = SplitMix(seed: seed, stream: 3 + UInt64(sample))
            session.setClip(clip.map { $0 + Float((2 * random.uniform() - 1) * reach) })
            let map = try method.explain(
                session, target: .index(target), control: control.part(sample, of: samples)
            ).map
            var distance = 0.0
            for index in map.values.indices {
                let difference = Double(map.values[index]) - Double(original.values[index])
                distance += difference * difference
            }
            largest = max(largest, distance.squareRoot() / norm)
            control.progress(Double(sample + 1) / Double(samples))
        }
        return largest
    }
}
