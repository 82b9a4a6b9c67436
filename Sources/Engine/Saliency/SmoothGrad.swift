/// SmoothGrad: a gradient method averaged over noisy copies of the clip (Smilkov et al., arXiv 1706.03825).
public struct SmoothGrad: SaliencyMethod {
    /// What is averaged over the copies.
    public enum Average: String, Sendable, CaseIterable, Codable {
        /// The squares of the gradients (`magnitude`); the map is their sum over channels.
        case squares
        /// The gradients; the map is the sum over channels of the mean's magnitude.
        case values
    }

    public let base: any GradientMethod
    /// Copies, at least 1.
    public let copies: Int
    /// The noise's standard deviation, as a part of the clip's largest minus smallest sample.
    public let noise: Float
    public let average: Average
    public let seed: UInt64

    public var name: String { "smooth-\(base.name)" }

    public init(
        _ base: any GradientMethod, copies: Int = 25, noise: Float = 0.15, average: Average = .squares, seed: UInt64 = 0
    ) {
        self.base = base
        self.copies = max(copies, 1)
        self.noise = noise
        self.average = average
        self.seed = seed
    }

    /// The target is resolved, and the logits are taken, on the clip without noise.
    public func explain(
        _ session: EngineSession, target: SaliencyTarget, control: RunControl
    ) throws(ModelError) -> Explanation {
        try target.resolve(manifest: session.model.manifest)
        let logits = try session.forward(control: control)
        let index = try target.resolve(logits: logits, manifest: session.model.manifest)
        let clip = session.clip()
        var sum = NoisySum(session: session, average: average)
        let outcome = Result { () throws(ModelError) in
            for copy in 0..<copies {
                try perturb(session, clip: clip, copy: copy)
                _ = try session.forward(control: control)
                try session.backward(target: index, rule: base.rule, control: control)
                try sum.add(session)
                control.progress(Double(copy + 1) / Double(copies))
            }
        }
        session.setClip(clip)
        try outcome.get()
        return Explanation(logits: logits, target: index, map: session.map(of: sum.mean(copies)), method: name)
    }

    private func perturb(_ session: EngineSession, clip: [Float], copy: Int) throws(ModelError) {
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

/// The sum over copies of what `SmoothGrad.Average` says.
private struct NoisySum {
    let average: SmoothGrad.Average
    let shape: ClipShape
    let pool: ThreadPool
    /// `[T, H, W]` for squares, `[T, H, W, C]` for values.
    var values: [Float]

    init(session: EngineSession, average: SmoothGrad.Average) {
        self.average = average
        shape = session.shape
        pool = session.pool
        let elements = average == .squares ? shape.count / shape.channels : shape.count
        values = [Float](repeating: 0, count: elements)
    }

    mutating func add(_ session: EngineSession) throws(ModelError) {
        let frameCount = values.count / shape.frames
        let (channels, average) = (shape.channels, average)
        try values.withUnsafeMutableBufferPointer { values throws(ModelError) in
            try session.withGradient { gradient in
                pool.run(shape.frames) { frame, _ in
                    for index in frame * frameCount..<(frame + 1) * frameCount {
                        switch average {
                        case .values:
                            values[index] += gradient[index]
                        case .squares:
                            for channel in index * channels..<(index + 1) * channels {
                                values[index] += gradient[channel] * gradient[channel]
                            }
                        }
                    }
                }
            }
        }
    }

    /// The map, after `copies` additions.
    func mean(_ copies: Int) -> [Float] {
        let factor = 1 / Float(copies)
        switch average {
        case .squares:
            return values.map { $0 * factor }
        case .values:
            return (0..<values.count / shape.channels).map { position in
                let first = position * shape.channels
                return values[first..<first + shape.channels].reduce(0) { $0 + ($1 * factor).magnitude }
            }
        }
    }
}
