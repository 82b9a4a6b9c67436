/// A method averaged over noisy copies of the clip: SmoothGrad, SmoothGrad² and VarGrad.
public struct SmoothGrad: AttributionMethod {
    public let base: any AttributionMethod
    /// Copies, at least 1.
    public let copies: Int
    /// The noise's standard deviation, as a part of the clip's largest minus smallest sample.
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

    /// The targets are resolved on the clip without noise.
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
        guard let least = clip.min(), let most = clip.max() else { return }
        let deviation = noise * (most - least)
        session.fillClip { frame, samples in
            var source = GaussianNoise(seed: seed, copy: copy, frame: frame)
            let first = frame * samples.count
            for index in samples.indices {
                samples[index] = clip[first + index] + Float(source.next()) * deviation
            }
        }
    }
}
