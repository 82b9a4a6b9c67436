/// A method averaged over noisy copies of the clip: SmoothGrad, SmoothGrad² and VarGrad.
public struct SmoothGrad: AttributionMethod {
    public let base: any AttributionMethod
    /// The number of copies, at least 1.
    public let copies: Int
    /// The noise's standard deviation, as a part of the difference between the clip's largest and smallest sample.
    public let noise: Float
    public let average: NoiseAverage
    public let seed: UInt64

    public var name: String { "smooth-\(base.name)" }

    /// As in the PAIR package.
    public static let standardNoise = 0.15

    public init(
        _ base: any AttributionMethod, copies: Int = 25, noise: Float = Float(Self.standardNoise),
        average: NoiseAverage = .squares,
        seed: UInt64 = 0
    ) {
        self.base = base
        self.copies = max(copies, 1)
        self.noise = noise
        self.average = average
        self.seed = seed
    }

    /// Averages over noisy copies; the targets have been resolved for the clip without noise.
    public func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        let clip = session.clip()
        var statistics = targets.map { _ in NoiseStatistics(average, count: clip.count) }
        defer { session.setClip(clip) }
        for copy in 0..<copies {
            let part = control.part(copy, of: copies)
            perturb(session, clip: clip, copy: copy)
            let reached = try session.forward(control: control)
            let found = try base.attributions(session, logits: reached, targets: targets, control: part)
            for (index, attribution) in found.enumerated() {
                statistics[index].add(attribution.values, session: session)
            }
        }
        return statistics.map {
            SampleAttribution(values: $0.result(session: session), isSigned: average == .mean)
        }
    }

    private func perturb(_ session: EngineSession, clip: [Float], copy: Int) {
        guard let minimum = clip.min(), let maximum = clip.max() else { return }
        let deviation = noise * (maximum - minimum)
        session.fillClip { frame, samples in
            var source = GaussianNoise(seed: seed, copy: copy, frame: frame)
            let first = frame * samples.count
            for index in samples.indices {
                samples[index] = clip[first + index] + Float(source.next()) * deviation
            }
        }
    }
}

/// What is averaged over the noisy copies of a clip.
public enum NoiseAverage: String, Sendable, CaseIterable, Codable {
    /// The shares themselves: SmoothGrad (Smilkov et al., arXiv 1706.03825).
    case mean
    /// Their squares: SmoothGrad² (Hooker et al., arXiv 1806.10758), the PAIR package's `magnitude`.
    case squares
    /// Their squared distance from their mean: VarGrad (Adebayo et al., arXiv 1810.03307).
    case variance
}

/// Accumulates the shares of noisy copies for a `NoiseAverage`.
struct NoiseStatistics {
    private let average: NoiseAverage
    private var count: Float = 0
    /// The running mean, `[T, H, W, C]`, of the shares or of their squares.
    private var means: [Float]
    /// The running sum of squared distances from the mean (Welford 1962); only for the variance.
    private var squares: [Float]

    init(_ average: NoiseAverage, count: Int) {
        self.average = average
        means = [Float](repeating: 0, count: count)
        squares = average == .variance ? means : []
    }

    mutating func add(_ values: [Float], session: EngineSession) {
        count += 1
        let count = count
        switch average {
        case .mean:
            session.update(&means) { index, mean in mean + (values[index] - mean) / count }
        case .squares:
            session.update(&means) { index, mean in mean + (values[index] * values[index] - mean) / count }
        case .variance:
            let before = means
            session.update(&means) { index, mean in mean + (values[index] - mean) / count }
            let after = means
            session.update(&squares) { index, sum in
                sum + (values[index] - before[index]) * (values[index] - after[index])
            }
        }
    }

    /// The result, `[T, H, W, C]`; the variance is divided by the number of copies.
    func result(session: EngineSession) -> [Float] {
        guard average == .variance else { return means }
        var result = squares
        let count = count
        session.update(&result) { _, sum in sum / count }
        return result
    }
}
